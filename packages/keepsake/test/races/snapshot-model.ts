import type { Awaitable } from '../../src/core/awaitable.ts'
import { readRecord } from '../../src/core/record.ts'
import { verifierOf } from '../../src/core/token.ts'
import type { RequestLike } from '../../src/index.ts'
import { generationOf, idOf, isClearing, secretOf } from './cookies.ts'
import type { Bench, Laboratory } from './laboratory.ts'
import { type Data, type Manager, OWNER } from './requests.ts'
import { type Call, PROBE } from './scheduler.ts'
import type { Model, Step } from './states.ts'

const TOKEN = '__Host-Http-session'
const SNAPSHOT = `${TOKEN}-snapshot`
const NOTHING = 'nothing'

export const MAX_AGE = 60_000

/** One kind of request: what its handler does. Those that are not GET are never answered by a snapshot. */
export interface Move {
  readonly name: string
  readonly method: 'GET' | 'POST'
  readonly handle: (session: Awaited<ReturnType<Manager['load']>>) => void
}

const move = (name: string, method: Move['method'], handle: Move['handle']): Move => ({
  name,
  method,
  handle,
})

export const MOVES = {
  read: move('read', 'GET', (session) => void session.data),
  demote: move('demote', 'POST', (session) => {
    session.data.same = 'user'
  }),
  'write by GET': move('write by GET', 'GET', (session) => {
    session.data.a = 'written'
  }),
  login: move('login', 'POST', (session) => session.login(OWNER)),
  regenerate: move('regenerate', 'POST', (session) => session.regenerate()),
  logout: move('logout', 'POST', (session) => session.destroy()),
} as const

/** The cookies of one browser. */
interface Jar {
  readonly token?: string
  readonly snapshot?: string
}

interface Sent {
  readonly move: Move
  readonly actor: string
  readonly jar: Jar
  cookies?: readonly string[]
}

/** What happens to one browser's cookies, and how often half of maxAge passes. */
export interface Story {
  readonly moves: readonly Move[]
  readonly ticks: number
  readonly wrong: (model: SnapshotModel) => Promise<string | undefined>
}

/** One browser whose every token and every snapshot somebody else has copied; each step is one call of the store, or one response. */
export class SnapshotModel implements Model {
  readonly lab: Laboratory
  readonly bench: Bench
  jar: Jar
  readonly tokens: string[]
  readonly snapshots: string[] = []
  readonly underWay: Sent[] = []
  readonly arrived: string[] = []
  readonly #story: Story
  readonly #waiting: Move[]
  #ticks: number
  /** Every record that was ever in the store, and until when. */
  readonly #records = new Map<string, number>()
  readonly #ids = new Set<string>()
  #effects = 0

  constructor(story: Story, lab: Laboratory, bench: Bench) {
    this.#story = story
    this.lab = lab
    this.bench = bench
    this.jar = { token: bench.base.current }
    this.tokens = [bench.base.current]
    this.#waiting = [...story.moves]
    this.#ticks = story.ticks
  }

  static async begin(lab: Laboratory, story: Story): Promise<SnapshotModel> {
    const setting = { owned: false, renew: false, rotate: false, pending: false }
    const model = new SnapshotModel(story, lab, await lab.bench(setting, 1))
    await model.#observe()
    return model
  }

  async close(): Promise<void> {
    await this.bench.gate.close()
    this.bench.close()
  }

  wrong(): Promise<string | undefined> {
    return this.#story.wrong(this)
  }

  async steps(): Promise<Step[]> {
    const kinds = [...new Map(this.#waiting.map((one) => [one.name, one])).values()]
    const steps = [
      ...(this.#ticks > 0 ? [{ label: 'half of maxAge', go: () => this.#tick() }] : []),
      ...kinds.map((one) => ({ label: `sends ${one.name}`, go: () => this.#send(one) })),
      ...this.bench.gate.waiting.map((call) => ({
        label: `${call.actor} ${call.name}`,
        go: () => this.#release(call),
      })),
      ...this.underWay.flatMap((sent) => this.#arriving(sent)),
    ]
    return steps.map(({ label, go }) => ({
      label,
      go: async () => {
        await go()
        await this.#observe()
      },
    }))
  }

  async key(): Promise<string> {
    const { base, gate } = this.bench
    const record = await gate.inner.get(base.id)
    const underWay = this.underWay.map(({ move: { name }, actor, jar, cookies }) => {
      const call = gate.waiting.find((one) => one.actor === actor)
      return [
        name,
        this.#naming(jar),
        call?.name,
        call?.write?.version,
        cookies && this.#naming(taken({}, cookies)),
      ]
    })
    const age = (at: number): number => Math.min(this.lab.now - at, MAX_AGE)
    const records = [...this.#records].map(([value, at]) => [nameOf(value), age(at)])
    const snapshots = this.snapshots
      .map((text) => readSnapshot(text))
      .map(([value, at]) => [nameOf(value), age(at)])
    return JSON.stringify([
      record?.version,
      this.#naming(this.jar),
      underWay.map((one) => JSON.stringify(one)).sort(),
      this.#waiting.map(({ name }) => name).sort(),
      [this.#ticks, this.arrived],
      [records, snapshots].map((list) => list.map((one) => JSON.stringify(one)).sort()),
    ])
  }

  /** What a request with these cookies shows; it changes nothing. */
  async show(jar: Jar): Promise<string> {
    const sessions = this.lab.sessions(PROBE, this.bench.gate)
    const { isNew, owner, data } = await sessions.load(asking('GET', jar))
    return isNew ? NOTHING : shown(owner, data)
  }

  /** What this token opened in the store within the last `maxAge`, and what it opens now. */
  async allowed(token: string, maxAge: number = MAX_AGE): Promise<Set<string>> {
    const verifier = await verifierIn(token)
    const recent = [...this.#records].filter(([, at]) => this.lab.now - at < maxAge)
    const opened = recent.flatMap(([value]) => contentFor(verifier, value) ?? [])
    return new Set([...opened, await this.show({ token })])
  }

  #tick(): void {
    this.#ticks--
    this.lab.now += MAX_AGE / 2
  }

  async #send(one: Move): Promise<void> {
    this.#waiting.splice(this.#waiting.indexOf(one), 1)
    const sent: Sent = { move: one, actor: `${one.name} ${this.#waiting.length}`, jar: this.jar }
    this.underWay.push(sent)
    const sessions = this.lab.sessions(sent.actor, this.bench.gate)
    this.bench.gate.start(sent.actor, async () => {
      const response = await sessions
        .run(asking(one.method, sent.jar), (session) => {
          one.handle(session)
          return new Response()
        })
        .catch(() => new Response())
      sent.cookies = response.headers.getSetCookie()
    })
    await this.#settle()
  }

  async #release(call: Call): Promise<void> {
    call.release()
    await this.#settle()
  }

  async #settle(): Promise<void> {
    await this.bench.gate.settle()
    for (const sent of [...this.underWay]) if (sent.cookies) this.#copy(sent, sent.cookies)
  }

  /** A response without a cookie changes nothing, whenever it arrives. */
  #copy(sent: Sent, cookies: readonly string[]): void {
    const { token, snapshot } = taken({}, cookies)
    if (token && !this.tokens.includes(token)) this.tokens.push(token)
    if (snapshot && !this.snapshots.includes(snapshot)) this.snapshots.push(snapshot)
    if (cookies.length === 0) this.underWay.splice(this.underWay.indexOf(sent), 1)
  }

  #arriving(sent: Sent): { label: string; go: () => void }[] {
    const { cookies, actor } = sent
    if (!cookies) return []
    const end = (): void => void this.underWay.splice(this.underWay.indexOf(sent), 1)
    const arrive = (): void => {
      this.jar = taken(this.jar, cookies)
      this.arrived.push(sent.move.name)
      end()
    }
    return [
      { label: `${actor} arrives`, go: arrive },
      { label: `${actor} is lost`, go: end },
    ]
  }

  /** Notes every record that was there since the last step. */
  async #observe(): Promise<void> {
    const { base, gate } = this.bench
    const fresh = gate.history.slice(this.#effects)
    this.#effects = gate.history.length
    for (const { id } of fresh) this.#ids.add(id)
    const now = await Promise.all([base.id, ...this.#ids].map((id) => gate.inner.get(id)))
    const all = [...fresh.flatMap(({ before, after }) => [before, after]), ...now]
    for (const record of all) if (record) this.#records.set(record.value, this.lab.now)
  }

  #naming({ token, snapshot }: Jar): unknown[] {
    return [
      token === undefined ? null : this.tokens.indexOf(token),
      snapshot && this.snapshots.indexOf(snapshot),
    ]
  }
}

function asking(method: string, jar: Jar): RequestLike {
  const pairs = [jar.token && `${TOKEN}=${jar.token}`, jar.snapshot && `${SNAPSHOT}=${jar.snapshot}`]
  const cookie = pairs.filter(Boolean).join('; ') || null
  return {
    url: 'https://example.test/',
    method,
    headers: { get: (name) => (name === 'cookie' ? cookie : null) },
  }
}

/** The jar after these Set-Cookie lines. */
function taken(jar: Jar, cookies: readonly string[]): Jar {
  const now: Record<string, string | undefined> = { [TOKEN]: jar.token, [SNAPSHOT]: jar.snapshot }
  for (const line of cookies) {
    const [name = '', value] = (line.split(';', 1)[0] ?? '').split('=')
    now[name] = isClearing(line) ? undefined : value
  }
  const [token, snapshot] = [now[TOKEN], now[SNAPSHOT]]
  return { ...(token && { token }), ...(snapshot && { snapshot }) }
}

function shown(owner: string | undefined, { same, a }: Partial<Data>): string {
  return `${owner ?? 'nobody'}, ${same}, ${a}`
}

/** What a record shows to the holder of the token that is current in it. */
function contentFor(verifier: string, value: string): string | undefined {
  const parts = readRecord(value)
  return parts?.short.t?.verifier === verifier ? shown(parts.short.o, JSON.parse(parts.data)) : undefined
}

/** A record by what tells it from others, without what is random in it. */
function nameOf(value: string): string {
  const parts = readRecord(value)
  return `${parts?.short.t?.generation} ${parts?.short.o} ${parts?.data}`
}

/** The record in a signed snapshot, and when it was read. */
function readSnapshot(text: string): [value: string, readAt: number] {
  const [head = '', value = ''] = text.split('.').map((part) => Buffer.from(part, 'base64url'))
  return [value.toString(), (head as Buffer).readUIntBE(7, 6)]
}

function verifierIn(token: string): Awaitable<string> {
  const secret = Uint8Array.from(Buffer.from(secretOf(token), 'hex'))
  const known = { id: idOf(token), generation: generationOf(token), issuedAt: 0, secret }
  return verifierOf({ ring: undefined, name: TOKEN, audience: '' }, known)
}
