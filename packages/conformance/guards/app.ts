import { type ManagerOptions, MemoryStore, SessionManager } from 'keepsake'
import { client } from 'keepsake/bind'
import { csrf } from 'keepsake/csrf'
import { bearer } from 'keepsake/transport'

/** 32 random bytes; they guard nothing. */
const secrets = 'b0XwT3nQfZ8rLk5yVd1mGj7sPaUc9eHoKi2tRqWxE4M'

interface Data {
  readonly n: number
}

type Sessions = SessionManager<Data>
type Page = (request: Request) => Promise<Response>

const onEvent = (): void => {}
const make = (more: Partial<ManagerOptions<Data>>): Sessions =>
  new SessionManager<Data>({ secrets, onEvent, ...more } as ManagerOptions<Data>)

const forms = (sessions: Sessions): Page => {
  const { check, token } = csrf(sessions)
  return async (request) => {
    const refused = await check(request)
    if (refused) return refused
    return sessions.run(request, async (session) => {
      const { pathname } = new URL(request.url)
      if (pathname.endsWith('/login')) session.login('ada')
      return request.method === 'GET'
        ? new Response(await token(session))
        : Response.json(await fieldsOf(request))
    })
  }
}

/** What the handler finds of a form: texts, and the sizes of files. */
async function fieldsOf(request: Request): Promise<Record<string, string | number>> {
  if (!request.headers.get('content-type')?.includes('form')) return {}
  const fields = [...(await request.formData())].filter(([name]) => name !== '_csrf')
  return Object.fromEntries(
    fields.map(([name, value]) => [name, typeof value === 'string' ? value : value.size]),
  )
}

const counter =
  (sessions: Sessions): Page =>
  (request) =>
    sessions.run(request, (session) => {
      const { pathname } = new URL(request.url)
      if (pathname.endsWith('/logout')) session.destroy()
      else if (request.method === 'POST') session.data = { n: (session.data.n ?? 0) + 1 }
      return Response.json({ outcome: session.outcome, n: session.data.n ?? 0 })
    })

const pages: Readonly<Record<string, Page>> = {
  'sealed/forms': forms(make({})),
  'stored/forms': forms(make({ store: new MemoryStore() })),
  'sealed/client': counter(make({ bind: client(['user-agent', 'accept-language']) })),
  'stored/client': counter(
    make({ bind: client(['user-agent', 'accept-language']), store: new MemoryStore() }),
  ),
  'sealed/bearer': counter(make({ transport: bearer({ webSocket: 'session' }) })),
  'stored/bearer': counter(make({ transport: bearer({ webSocket: 'session' }), store: new MemoryStore() })),
}

/** Small apps behind one handler, `/sealed/forms` to `/stored/bearer`. */
export async function guarded(request: Request): Promise<Response> {
  const name = new URL(request.url).pathname.split('/').slice(1, 3).join('/')
  return (await pages[name]?.(request)) ?? new Response('not found', { status: 404 })
}
