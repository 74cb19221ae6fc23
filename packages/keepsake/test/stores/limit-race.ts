import { expect } from 'vitest'
import { SessionManager, type Store } from '../../src/index.ts'
import { freshOwner } from '../../src/testing/contract-names.ts'
import { request, SECRETS, turn } from '../core/kit.ts'

/** How many sessions an owner may have. */
export const LIMIT = 3
const LOGINS = 12
const ROUNDS = 20

type Sessions = SessionManager<Record<string, unknown>>

/** A manager that lets each owner have {@link LIMIT} sessions. */
export function limited(store: Store): Sessions {
  return new SessionManager({ secrets: SECRETS[0], store, maxSessions: LIMIT })
}

/** Lets one user log in so often at once, through all of these stores, and sees how many of the browsers are in. */
export async function raceLogins(stores: readonly Store[]): Promise<void> {
  const managers = stores.map(limited)
  for (let round = 0; round < ROUNDS; round++) {
    const owner = freshOwner()
    const login = async (i: number): Promise<string> => {
      const sessions = managers[(i + round) % managers.length] as Sessions
      return (await turn(sessions, '', (session) => session.login(owner))).cookie
    }
    const logins = await Promise.allSettled(Array.from({ length: LOGINS }, (_, i) => login(i)))
    for (const failed of logins.filter(({ status }) => status === 'rejected'))
      expect(failed, `round ${round}`).toMatchObject({ reason: { code: 'superseded' } })
    const cookies = logins.flatMap((told) => (told.status === 'fulfilled' ? told.value : []))
    await expectFull(managers[0] as Sessions, owner, cookies)
  }
}

/** As many of these browsers are in as may be, and all of those are in the list. */
export async function expectFull(
  sessions: Sessions,
  owner: string,
  cookies: readonly string[],
): Promise<void> {
  const found = await Promise.all(cookies.map((cookie) => sessions.load(request(cookie))))
  const ids = found.flatMap((session) => (session.owner === owner ? session.id : []))
  expect(ids).toHaveLength(LIMIT)
  expect((await sessions.list(owner)).map(({ id }) => id)).toEqual(ids.sort())
}
