import type { Context, MiddlewareHandler } from 'hono'
import { byEnv } from './core/by-env.ts'
import { KeptWith } from './core/kept-with.ts'
import { remade } from './core/remade.ts'
import { lastCookies } from './core/with-session.ts'
import type { JsonShape, RequestLike, Session, SessionManager } from './index.ts'

/** How a session appears in Hono's context. */
export interface SessionOptions {
  /** The variable it is found under: `admin` for `c.var.admin`. @default 'session' */
  readonly name?: string
  /** The variable is `() => Promise<Session>`; a route that never calls it makes no store call. @default false */
  readonly lazy?: boolean
}

/**
 * What `session` adds to an app, for handlers in files of their own: `new Hono<SessionEnv<typeof sessions>>()`.
 * Give it the same options, as a type: `SessionEnv<typeof admins, { name: 'admin' }>`.
 */
export type SessionEnv<Sessions, Options extends SessionOptions = SessionOptions> = Sessions extends (
  env: infer Bindings extends object,
) => infer Made
  ? Given<Bindings> & SessionEnv<Made, Options>
  : Sessions extends { load(request: RequestLike): Promise<infer Found> }
    ? {
        Variables: {
          [Name in NameIn<Options>]: Options extends { lazy: true } ? () => Promise<Found> : Found
        }
      }
    : never

type Given<Bindings> = [Bindings] extends [never] ? unknown : { Bindings: Bindings }

type NameIn<Options> = Options extends { name: infer Name extends string } ? Name : 'session'

/**
 * Hono middleware: loads the session of each request, and commits it after the handlers.
 *
 * ```ts
 * const app = new Hono().use(session(sessions)).get('/', (c) => c.text(`Hello ${c.var.session.owner}`))
 * ```
 *
 * Mounted twice, the outermost commits. A save that fails reaches `app.onError`. A handler that throws changes
 * nothing, except that a `destroy()` is carried out; a thrown `Response`, or an `HTTPException` with `res`, is an
 * ordinary response. In a Worker it may be `(env) => manager`, called once for each `env`.
 */
export function session<
  Data extends JsonShape<Data>,
  Flash extends JsonShape<Flash>,
  Bindings extends object = never,
  const Options extends SessionOptions = SessionOptions,
>(
  sessions: SessionManager<Data, Flash> | ((env: Bindings) => SessionManager<Data, Flash>),
  options?: Options,
): MiddlewareHandler<Given<Bindings> & SessionEnv<SessionManager<Data, Flash>, Options>> {
  const { name = 'session', lazy }: SessionOptions = options ?? {}
  const managerFor = byEnv(sessions)
  const visits = (known.get(sessions) ?? new KeptWith()) as KeptWith<Visit<Data, Flash>>
  known.set(sessions, visits)
  return async (c: Context, next) => {
    const outer = visits.get(c)
    const visit = outer ?? new Visit(managerFor(c.env), c.req.raw)
    if (!lazy) visit.session ??= await visit.open()
    c.set(name, lazy ? visit.open : visit.session)
    if (outer) return next()
    visits.set(c, visit)
    try {
      await next()
    } catch (thrown) {
      return visit.thrown(c, thrown)
    }
    await visit.leave(c, isFailure(c.error))
  }
}

/** Who looks after which request already, for each manager. */
const known = new WeakMap<object, KeptWith<unknown>>()

/** One manager's part in one request. */
class Visit<Data extends JsonShape<Data>, Flash extends JsonShape<Flash>> {
  readonly #sessions: SessionManager<Data, Flash>
  readonly #request: Request
  /** Once it is known. */
  session: Session<Data, Flash> | undefined
  #loading: Promise<Session<Data, Flash>> | undefined
  #left = false

  constructor(sessions: SessionManager<Data, Flash>, request: Request) {
    this.#sessions = sessions
    this.#request = request
  }

  readonly open = (): Promise<Session<Data, Flash>> => {
    this.#loading ??= this.#sessions.load(this.#request)
    if (!this.#left) return this.#loading
    // Saved unseen, it tells a streamed body that this first look comes too late.
    return this.#loading.then((session) => this.#sessions.save(session).then(() => session))
  }

  async leave(c: Context, failed: boolean): Promise<void> {
    const session = this.session ?? (await this.#loading?.catch(() => undefined))
    if (session && failed) this.#sessions.abandon(session)
    try {
      if (session) replace(c, await this.#sessions.commit(session, c.res))
    } catch (error) {
      await this.#tell(c, session as Session<Data, Flash>, error)
      throw error
    }
    this.#left = true
  }

  /** Hono leaves it to others to catch what is no `Error`. */
  async thrown(c: Context, thrown: unknown): Promise<void> {
    if (!(thrown instanceof Response) || c.finalized) {
      await this.leave(c, true)
      throw thrown
    }
    // Hono lets headers set earlier win over those of a response.
    for (const [name, value] of thrown.headers) c.header(name, value, { append: name === 'set-cookie' })
    c.res = thrown
    return this.leave(c, false)
  }

  /** The error's response is built on the headers there are. */
  async #tell(c: Context, session: Session<Data, Flash>, error: unknown): Promise<void> {
    const answer = remade(c.res)
    const headers = answer?.headers ?? c.res.headers
    headers.set('cache-control', 'no-store')
    for (const cookie of await lastCookies(this.#sessions, session, error))
      headers.append('set-cookie', cookie)
    if (answer) replace(c, answer.response())
  }
}

/** What Hono is not told to forget first, it would merge, by its body. */
function replace(c: Context, response: Response): void {
  if (response === c.res) return
  c.res = undefined
  c.res = response
}

function isFailure(error: (Error & { readonly res?: unknown }) | undefined): boolean {
  return error !== undefined && !('getResponse' in error && error.res)
}
