import { type Duration, SessionManager, type Store } from '../index.ts'

/** Options of the commands that know owners, as `parseArgs` takes them. */
export const OWNER_OPTIONS = { audience: { type: 'string' }, lifetime: { type: 'string' } } as const

/** The same for people. */
export const OWNER_USAGE = `  --audience   the app's audience, if it has one
  --lifetime   the app's lifetime, if it is not 30d`

/** What there is to ask about the sessions in a store. */
export function managerOf(
  store: Store,
  { audience, lifetime = '30d' }: { audience?: string; lifetime?: string },
): SessionManager {
  return new SessionManager({
    store,
    lifetime: lifetime as Duration,
    ...(audience !== undefined && { audience }),
    onEvent: () => undefined,
  })
}
