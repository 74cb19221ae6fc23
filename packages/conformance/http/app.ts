import { SessionManager, type Store } from 'keepsake'
import { faultyStore } from 'keepsake/testing'
import { type Asked, routes, type Sessions, type State, type Visit } from './routes.ts'

/** 32 random bytes; they guard nothing. */
const SECRET = 'pV2sXk9QmZ7tLwB4nRyC1dGfHj6aUe3oTi8xKbWqE0M'

/** The app that every server serves: one manager, and the pages that use it. */
export interface App {
  readonly sessions: Sessions
  answer(asked: Asked, session: Visit): Response | Promise<Response>
}

/** Without a store its sessions are sealed. */
export function makeApp(store?: Store): App {
  const calls: string[] = []
  const state: State = { held: false, released: false }
  const watched =
    store &&
    faultyStore(store, ({ method }) => {
      calls.push(method)
      return state.broken === 'all' || state.broken === method ? 'throw' : undefined
    })
  const sessions: Sessions = new SessionManager<Record<string, unknown>>({
    secrets: SECRET,
    ...(watched && { store: watched }),
    onEvent: () => {},
  })
  return {
    sessions,
    answer: (asked, session) => {
      const route = routes[asked.url.pathname]
      return route
        ? route(session, { ...asked, sessions, calls, state })
        : new Response('not found', { status: 404 })
    },
  }
}
