/** One way to break a promise: a piece of the source, and what to write in its place. */
export interface Break {
  readonly promise: number
  readonly says: string
  /** Under `packages/keepsake/src/core`. */
  readonly file: string
  /** Stands there exactly once. */
  readonly from: string
  readonly to: string
}

const make = (promise: number, says: string, file: string, from: string, to: string): Break => ({
  promise,
  says,
  file,
  from,
  to,
})

export const breaks: readonly Break[] = [
  make(
    1,
    'marks responses of untouched sessions',
    'manager.ts',
    'this.#leave(state)\n    return response',
    'this.#leave(state)\n    return deliver(state, response, [])',
  ),
  make(2, 'renews at every read', 'plan.ts', "return due ? 'touch' : 'nothing'", "return 'touch'"),
  make(3, 'forgets which ids a logout ended', 'arrival.ts', 'endedIds.includes(id)', 'false'),
  make(4, 'compares by length', 'part.ts', 'text !== this.#found', 'text.length !== this.#found.length'),
  make(
    5,
    'lets NaN become null',
    'json.ts',
    'Number.isFinite(value) ? undefined : fault(String(value))',
    'undefined',
  ),
  make(
    6,
    'takes a failed write for done',
    'bounded-store.ts',
    '(await this.inner.get(id))?.value !== value',
    '!(await this.inner.get(id), true)',
  ),
  make(
    7,
    'overwrites what others wrote',
    'merge.ts',
    'Object.assign(Object.create(null), theirs)',
    'Object.assign(Object.create(null), mine)',
  ),
  make(
    8,
    'merges into the session after a login',
    'stored.ts',
    'if (!closed || closed.seat?.epoch !== epoch)',
    'if (!closed)',
  ),
  make(9, 'leaves the cookie in the browser', 'cookie-header.ts', '=; Max-Age=0', '=deleted; Max-Age=60'),
  make(
    10,
    'keeps the old token at a login',
    'stored.ts',
    'if (change.reissue) return this.#reissued(visit, base)',
    '',
  ),
  make(
    11,
    'revives the id of a token',
    'session-state.ts',
    'this.found?.id ?? mintId()',
    "this.found?.id ?? ('facts' in this.opened ? this.opened.facts.id : undefined) ?? mintId()",
  ),
  make(12, 'keeps what a failed handler changed', 'session-state.ts', 'this.#abandoned = true', ''),
  make(
    13,
    'takes changes after the commit',
    'session-state.ts',
    "if (this.saving || this.midway) throw this.tooLate('The session was changed after it had been saved.')",
    '',
  ),
  make(14, 'adds its cookie once more', 'response.ts', '.filter((cookie) => !names.has(nameOf(cookie)))', ''),
  make(
    15,
    'changes the response it is given',
    'remade.ts',
    'const headers = new Headers(response.headers)',
    'const { headers } = response',
  ),
  make(
    16,
    'lets a browser cache the cookie',
    'response.ts',
    "headers.set('cache-control', 'no-store')",
    "headers.set('cache-control', 'private')",
  ),
  make(
    17,
    'sends cookies that browsers drop',
    'cookie-header.ts',
    'if (size > COOKIE_LIMIT) throw',
    'if (size > 4 * COOKIE_LIMIT) throw',
  ),
  make(
    18,
    'moves the absolute limit with every use',
    'settings.ts',
    'return head.createdAt + settings.lifetime',
    'return head.lastSeenAt + settings.lifetime',
  ),
  make(19, 'looks at its own watch', 'options.ts', 'options.clock ?? Date.now', 'Date.now'),
  make(20, 'takes secrets of 24 bytes', 'secrets.ts', 'const SHORTEST = 32', 'const SHORTEST = 24'),
  make(
    21,
    'opens with the first key alone',
    'keys.ts',
    'return this.keys.find(',
    'return [this.first].find(',
  ),
  make(
    22,
    'leaves the audience out of the seal',
    'seal-encrypted.ts',
    'const { name, purpose, audience } = context',
    "const { name, purpose, audience } = { ...context, audience: '' }",
  ),
  make(
    23,
    'picks one of two sessions',
    'verdict.ts',
    'if (found.some((other) => other.found.id !== id))',
    'if (found.length > 99)',
  ),
  make(
    24,
    'tells the cookie in an event',
    'arrival.ts',
    'this.#judge(arrival, verdictOn(this.#unlessEnded(arrival, opened)))',
    'this.#judge(arrival, { opened, event: { ...verdictOn(opened).event, cookie: only } as SessionEvent })',
  ),
  make(
    25,
    'stores the secret itself',
    'token.ts',
    'return engine().sha256(framed)',
    'return toBase64url(framed && token.secret)',
  ),
  make(
    26,
    'trips over bytes that are no token',
    'token.ts',
    'bytes?.[0] !== (ring',
    '(bytes as Uint8Array)[0] !== (ring',
  ),
  make(27, 'hides every outage', 'arrival.ts', "if (onStoreError === 'anonymous') return", 'return'),
  make(
    28,
    'keeps the outcome to itself',
    'backing.ts',
    'if (!opened.found) return opened.outcome',
    "if (!opened.found) return 'none'",
  ),
]
