import { SessionError, SessionManager, type Store } from 'keepsake'

/** 32 random bytes; they guard nothing. */
const SECRET = 'rT5mYc8WvKq2LhXz7NdPbF4sJg9uAe3oHi6xQkVtB1U'

/** How many of its last changes a record names. */
export const WINDOW = 16

interface Kept {
  /** What no other client may ever see. */
  mine: string
  count: number
  /** The last changes that were counted, each by the number its client gave it. */
  seen: number[]
}

/** What every page answers. */
export interface Answer extends Partial<Kept> {
  readonly id: string
  readonly owner?: string
  readonly outcome: string
}

/** The handler that all the apps serve. */
export function app(store: Store): (request: Request) => Promise<Response> {
  const sessions = new SessionManager<Kept>({ secrets: SECRET, store, onEvent: () => {} })
  return async (request) => {
    const { pathname, searchParams } = new URL(request.url)
    try {
      return await sessions.run(request, async (session) => {
        if (pathname === '/enter') {
          session.login(searchParams.get('name') ?? '')
          session.data = { mine: searchParams.get('mine') ?? '', count: 0, seen: [] }
        }
        if (pathname === '/leave') session.destroy()
        if (pathname === '/count' && session.owner !== undefined) {
          await sessions.update(session, (data) => counted(data, Number(searchParams.get('change'))))
        }
        const { id, owner, outcome, data } = session
        return Response.json({ id, owner, outcome, ...data })
      })
    } catch (error) {
      return new Response(why(error), { status: 503 })
    }
  }
}

function why(error: unknown): string {
  if (!(error instanceof SessionError)) return String(error)
  return `${error.code}: ${error.cause instanceof Error ? error.cause.message : error.message}`
}

function counted(data: Partial<Kept>, change: number): void {
  data.count = (data.count ?? 0) + 1
  data.seen = [...(data.seen ?? []), change].slice(-WINDOW)
}
