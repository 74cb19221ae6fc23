import { expect, it } from 'vitest'
import { type Session, SessionManager, type Store } from '../../src/index.ts'
import { freshId } from '../../src/testing/contract-names.ts'
import { SECRETS } from '../core/kit.ts'

type Sessions = SessionManager<{ note: string }>

/** An engine, and a process on it that is killed when it has written an owner's entry and not yet the record. */
export interface Halves {
  readonly store: Store
  readonly killed: () => Store
  /** How many owners' entries there are. */
  readonly entries: () => number | Promise<number>
}

/** Tests that half a login counts for nothing, and is in nobody's way. */
export function testHalfLogins(halves: () => Halves): void {
  it.each([
    ['first', false],
    ['later', true],
  ])('P8: half a %s login is nothing', async (_, later) => {
    let now = Date.now()
    const manager = (store: Store): Sessions =>
      new SessionManager({ secrets: SECRETS[0], store, clock: () => now })
    const { store, killed, entries } = halves()
    const [sessions, owner] = [manager(store), freshId()]
    const cookie = later ? await visit(sessions, '', note) : ''
    const before = await entries()

    const dying = visit(manager(killed()), cookie, (session) => session.login(owner))
    await expect(dying).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(await entries()).toBe(before + 1)
    expect(await sessions.list(owner)).toEqual([])
    expect(await sessions.revokeAll(owner)).toBe(0)
    const session = await open(sessions, cookie)
    expect([session.owner, session.data.note]).toEqual([undefined, cookie ? 'kept' : undefined])

    now += 1_000
    const token = await visit(sessions, cookie, (session) => session.login(owner))
    const { id } = await open(sessions, token)
    expect(await sessions.list(owner)).toMatchObject([{ id }])
    expect(await sessions.revokeAll(owner)).toBe(1)
    expect((await open(sessions, token)).owner).toBeUndefined()
    expect(await sessions.list(owner)).toEqual([])
  })
}

function open(sessions: Sessions, cookie: string): Promise<Session<{ note: string }>> {
  return sessions.load(new Request('https://example.test/', { headers: cookie ? { cookie } : {} }))
}

/** The cookie after a request that did this. */
async function visit(
  sessions: Sessions,
  cookie: string,
  act: (session: Session<{ note: string }>) => void,
): Promise<string> {
  const session = await open(sessions, cookie)
  act(session)
  const [line = ''] = await sessions.save(session)
  return line.split(';', 1)[0] ?? ''
}

function note(session: Session<{ note: string }>): void {
  session.data.note = 'kept'
}
