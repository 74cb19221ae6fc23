import type { Session, SessionManager } from 'keepsake'

export type Sessions = SessionManager<Record<string, unknown>>
export type Visit = Session<Record<string, unknown>, Record<string, string>>

/** What a page may know of its request, on any server. */
export interface Asked {
  readonly url: URL
}

/** What the pages of one app share. */
interface Shared extends Asked {
  readonly sessions: Sessions
  /** Calls of the store since they were last asked for. */
  readonly calls: string[]
  readonly state: State
}

export interface State {
  /** The calls of the store that fail: all, or those of one method. */
  broken?: string | undefined
  /** A request is held back. */
  held: boolean
  /** It may go on. */
  released: boolean
}

export type Route = (session: Visit, shared: Shared) => Response | Promise<Response>

const OWN = ['own=1; Path=/', 'other=2, 3; Path=/; Expires=Thu, 01 Jan 2032 00:00:00 GMT']
const PUBLIC = { 'cache-control': 'public, max-age=60', 'cdn-cache-control': 'max-age=60', etag: '"v1"' }

function seen(session: Visit): Response {
  const { data, id, owner, isNew, outcome } = session
  return Response.json({ data, id, owner: owner ?? null, isNew, outcome })
}

function write(session: Visit, { url }: Asked): void {
  session.data[url.searchParams.get('key') ?? 'n'] = url.searchParams.get('value') ?? '1'
}

function withOwnCookies(response: Response): Response {
  for (const line of OWN) response.headers.append('set-cookie', line)
  return response
}

/** Holds a request back until `/release`; a flag looked at, because some runtimes let no request wake another. */
async function held({ state }: Shared): Promise<void> {
  state.held = true
  for (let i = 0; i < 2_000 && !state.released; i++) await new Promise((wake) => setTimeout(wake, 10))
  Object.assign(state, { held: false, released: false })
}

function streamed(shared: Shared): Response {
  const encoder = new TextEncoder()
  const parts = [async () => 'one', async () => held(shared).then(() => 'two')]
  const body = new ReadableStream({
    async pull(controller) {
      const part = parts.shift()
      if (part) controller.enqueue(encoder.encode(await part()))
      else controller.close()
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/plain' } })
}

/** A page that uses its session and answers this. */
function page(use: (session: Visit, shared: Shared) => unknown, respond: () => Response): Route {
  return (session, shared) => {
    use(session, shared)
    return respond()
  }
}

/** A page that uses its session and answers what is in it then. */
function seenAfter(use: (session: Visit, shared: Shared) => void): Route {
  return (session, shared) => {
    use(session, shared)
    return seen(session)
  }
}

const text = (body: string, init?: ResponseInit) => (): Response => new Response(body, init)

function fail(): never {
  throw new Error('by plan')
}

/** The pages, by path. A page that wants its session unseen does not look at it. */
export const routes: Readonly<Record<string, Route>> = {
  '/plain': text('plain', { headers: PUBLIC }),
  '/read': seen,
  '/cached': page(seen, text('read', { headers: PUBLIC })),
  '/write': seenAfter(write),
  '/write-cached': page(write, text('wrote', { headers: PUBLIC })),
  '/login': seenAfter((session, { url }) => session.login(url.searchParams.get('owner') ?? 'ada')),
  '/regenerate': seenAfter((session) => session.regenerate()),
  '/logout': page((session) => session.destroy(), text('bye')),
  '/flash': page((session) => session.flash('notice', 'saved'), text('flashed')),
  '/take': (session) => Response.json(session.take('notice') ?? null),
  '/busy': page(busy, () => withOwnCookies(new Response('busy'))),
  '/in-and-out': page(inAndOut, () => withOwnCookies(new Response('in and out'))),
  '/redirect': page(write, () => Response.redirect('https://example.test/read', 303)),
  '/no-content': page(write, () => new Response(null, { status: 204 })),
  '/not-modified': page(write, () => new Response(null, { status: 304, headers: { etag: '"v1"' } })),
  '/teapot': page(write, text('teapot', { status: 418 })),
  '/stream': (session, shared) => {
    write(session, shared)
    return streamed(shared)
  },
  '/socket': page(write, text('a socket lives here', { status: 426 })),
  '/huge': page((session) => {
    session.data.huge = Array.from({ length: 500 }, () => crypto.randomUUID()).join('')
  }, text('kept')),
  '/throw': page(write, fail),
  '/destroy-and-throw': page((session) => session.destroy(), fail),
  '/throw-response': page(write, () => {
    throw new Response('thrown', { status: 403 })
  }),
  '/slow-read': async (session, shared) => {
    const answer = seen(session)
    await held(shared)
    return answer
  },
  '/held': (_session, { state }) => Response.json(state.held),
  '/release': page((_session, { state }) => {
    state.released = true
  }, text('released')),
  '/list': async ({ owner }, { sessions }) =>
    Response.json((await sessions.list(String(owner))).map(({ id }) => id)),
  '/revoke': async ({ owner }, { sessions, url }) => {
    const id = url.searchParams.get('id') ?? ''
    return Response.json(await sessions.revoke(id, { owner: String(owner) }))
  },
  '/revoke-others': async ({ owner, id }, { sessions }) =>
    Response.json(await sessions.revokeAll(String(owner), { except: id })),
  '/calls': (_session, { calls }) => Response.json(calls.splice(0)),
  '/break': page((_session, { state, url }) => {
    state.broken = url.searchParams.get('only') ?? 'all'
  }, text('down')),
  '/mend': page((_session, { state }) => {
    state.broken = undefined
  }, text('up')),
}

function busy(session: Visit, shared: Shared): void {
  write(session, shared)
  session.login('ada')
  session.flash('notice', 'hi')
  session.regenerate()
}

function inAndOut(session: Visit): void {
  session.login('ada')
  session.destroy()
}
