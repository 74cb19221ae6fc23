import { type Awaitable, chain, rescue } from './awaitable.ts'
import type { Change, Kept } from './backing.ts'
import { utf8 } from './bytes.ts'
import { SessionError } from './errors.ts'
import { decode } from './json.ts'
import { type Plan, plan, type Wish } from './plan.ts'
import type { Found } from './record.ts'
import type { SessionState } from './session-state.ts'

/** Carries out what a session wishes, and says what tells the client; at once where the backing is. */
export function save(state: SessionState): Awaitable<string[]> {
  return rescue(
    () => (state.destroyed ? logout(state) : carryOut(state)),
    (error) => {
      const cause = withLargestKeys(error, state.texts)
      report(state, cause)
      throw stillTelling(cause, state)
    },
  )
}

/** A logout stands, whatever comes of what the request wrote after it. */
async function logout(state: SessionState): Promise<string[]> {
  await end(state)
  return carryOut(state)
}

function carryOut(state: SessionState): Awaitable<string[]> {
  const { backing, settings } = state.rules
  const wish = state.wish(settings.now())
  const todo = plan(wish)
  // Asking for what was found would open a session that nobody has looked at.
  if (todo === 'nothing') return finish(state, state.looked ? state.found : undefined, [])
  refuseLost(state, todo)
  const found = state.found as Found
  switch (todo) {
    case 'touch':
      return chain(backing.renew(state.arrival, found), (kept) => told(state, kept))
    case 'take':
      return moveIn(state, found, wish)
    case 'create':
      return create(state)
    case 'change':
    case 'reissue':
      return chain(backing.change(state.arrival, found, change(state, todo === 'reissue')), (kept) =>
        told(state, kept, true),
      )
    case 'remove':
      return finish(state, undefined, forgotten(state))
    case 'replace':
      return state.destroyed ? create(state) : replace(state)
  }
}

function create(state: SessionState): Awaitable<string[]> {
  return chain(state.draft(undefined), (draft) =>
    chain(state.rules.backing.create(state.arrival, draft), (kept) => told(state, kept)),
  )
}

async function replace(state: SessionState): Promise<string[]> {
  await end(state)
  return create(state)
}

function change(state: SessionState, reissue: boolean): Change {
  return { reissue, draft: (base) => state.draft(base), ...state.fallback }
}

/** If another request has taken the older session over, it has the cookie: then a login stands by itself, and changes are refused. */
async function moveIn(state: SessionState, found: Found, wish: Wish): Promise<string[]> {
  const { fallback } = state
  const changed = wish.changed || wish.reissue
  const kept = await state.opened.taking?.take(state.arrival, found, change(state, wish.reissue), changed)
  if (kept) return told(state, kept)
  if (fallback) return told(state, await state.rules.backing.create(state.arrival, await fallback.fresh()))
  if (changed) throw overtaken()
  return finish(state, state.found, [])
}

function overtaken(): SessionError {
  return new SessionError(
    'superseded',
    'Nothing was saved: a parallel request has taken the older session over. The next request brings its new cookie.',
  )
}

/** Ends what is to be ended, also if the store was down when the session was loaded and is back. */
async function end(state: SessionState): Promise<void> {
  const down = state.outcome === 'store-error'
  const { found, taking } = down ? await state.caller.return() : state.opened
  if (down) state.ended = found
  if (!state.ended) return
  await (taking ? taking.end() : state.rules.backing.remove(state.ended))
}

/** What makes the client forget the session, if it holds one. */
function forgotten(state: SessionState): string[] {
  return [...state.arrival.carriage.forget(state.ended !== undefined, endedCopy(state)), ...left(state)]
}

/** The end of what other libraries left: of all of it at a logout, else of what came. */
function left({ arrival, destroyed }: SessionState): readonly string[] {
  return destroyed ? arrival.inherited.all : arrival.inherited.carried
}

/** The ended session of which the client may still be handed a copy. */
function endedCopy({ ended, rules }: SessionState): string | undefined {
  return rules.backing.leavesCopies ? ended?.id : undefined
}

/** Whether what is to be written could not be kept, or would cost the visitor the session there is. */
function refuseLost(state: SessionState, todo: Plan): void {
  const outage = state.outcome === 'store-error' || state.outcome === 'stale'
  if (outage && !state.destroyed) throw lostTouch()
  if (todo === 'create' && state.late && !state.fallback) throw overtaken()
}

function lostTouch(): SessionError {
  return new SessionError(
    'store_unavailable',
    'Nothing was saved: the store was down when this session was loaded.',
  )
}

/** @param changed more than times: former cookies go, though the client keeps the value that it has */
function told(state: SessionState, { found, value, until, snapshot }: Kept, changed = false): string[] {
  const { carriage } = state.arrival
  const { keep } = found.head
  const lasting = keep === undefined ? state.rules.persistent : keep !== false
  const ageOf = (end: number | undefined): number | undefined =>
    lasting && end !== undefined ? Math.round((end - state.rules.settings.now()) / 1000) : undefined
  const lines = value === undefined ? [] : carriage.keep(value, ageOf(until), endedCopy(state))
  if (value === undefined && changed) lines.push(...carriage.unchanged())
  if (value !== undefined || changed) lines.push(...left(state))
  if (snapshot !== undefined)
    lines.push(...(carriage.beside?.keep(snapshot?.value, ageOf(snapshot?.until)) ?? []))
  return finish(state, found, lines)
}

function finish(state: SessionState, found: Found | undefined, lines: string[]): string[] {
  return state.settle(found, lines)
}

/**
 * What an earlier save of this request has changed must reach the browser, and the visitor who asked to be logged out
 * must be so in this browser at least: the error brings their cookies.
 */
function stillTelling(cause: unknown, state: SessionState): unknown {
  const { carriage } = state.arrival
  const cookies = carriage.cookies(carriage.joined(state.told, state.destroyed ? forgotten(state) : []))
  if (!(cause instanceof SessionError) || cookies.length === 0) return cause
  return new SessionError(cause.code, cause.message, { cause: cause.cause, cookies })
}

function withLargestKeys(error: unknown, { data, flash }: SessionState['texts']): unknown {
  if (!(error instanceof SessionError) || error.code !== 'too_large') return error
  const members = [...Object.entries(decode(data)), ...Object.entries(decode(flash))]
  const sizes = members.map(([key, value]) => [key, utf8(JSON.stringify(value)).length] as const)
  const largest = sizes.sort((a, b) => b[1] - a[1]).slice(0, 3)
  const named = largest.map(([key, size]) => `${key} (${size} bytes)`).join(', ')
  return new SessionError('too_large', `${error.message}. Largest keys: ${named || 'none'}.`, {
    ...(error.size !== undefined && { size: error.size }),
    ...(error.limit !== undefined && { limit: error.limit }),
  })
}

function report(state: SessionState, error: unknown): void {
  if (!(error instanceof SessionError)) return
  const id = state.found?.id
  const at = id === undefined ? {} : { id }
  const reason = error.message
  if (error.code === 'store_unavailable') state.report({ type: 'store-error', reason })
  if (error.code === 'too_large') state.report({ type: 'too-large', reason, ...at })
  if (error.code === 'invalid_data') state.report({ type: 'invalid-data', reason, ...at })
  if (error.code === 'conflict' && id !== undefined)
    state.report({ type: 'conflict', id, merged: [], contested: [], reason })
  if (error.code === 'superseded') state.report({ type: 'superseded', reason, ...at })
}
