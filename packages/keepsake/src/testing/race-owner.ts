import type { SessionManager } from '../index.ts'
import { expectSame } from './expect.ts'
import { begin, type Counts, cookieAfter, outcomeOf, type Race, requestOf } from './race-track.ts'

/** `revokeAll` ends what there is and bars the logins that are under way, fresh ones and those of a session. */
export const revocation: Race = {
  name: 'let no login slip past revokeAll',
  async prepare(track, { owner }) {
    await begin(track, owner)
    return begin(track, owner)
  },
  async run({ racers, stores }, { id, cookie }, { round, owner, wander }) {
    const [first] = racers
    const login = async (racer: SessionManager<Counts>, shown?: string): Promise<unknown> => {
      await wander()
      const session = await racer.load(requestOf(shown))
      await wander()
      session.login(owner)
      return outcomeOf(racer.save(session))
    }
    const revoke = async (): Promise<unknown> => {
      await wander()
      return first?.revokeAll(owner)
    }
    const logins = racers.map((racer, i) => login(racer, i % 2 === 0 ? undefined : cookie))
    await Promise.all([revoke(), ...logins])
    expectSame(await first?.list(owner), [], `round ${round}`)
    expectSame(await stores.at(-1)?.get(id), null, `round ${round}`)
  },
}

/** A session that is only ever read lives on, and its owner's entry with it. */
export const threePeriods: Race = {
  name: 'list a session that was only renewed for three idle periods',
  after: ['6d', '6d', '6d', '6d'],
  prepare: (track, { owner }) => begin(track, owner),
  async meanwhile({ racers }, { cookie }) {
    for (const racer of racers) {
      const session = await racer.load(requestOf(cookie))
      expectSame([session.outcome, await racer.save(session)], ['loaded', []], 'a renewal')
    }
  },
  async run({ racers }, { id }, { round, owner }) {
    const listed = await racers.at(-1)?.list(owner)
    const ids = listed?.map((session) => session.id)
    expectSame(ids, [id], `round ${round}`)
  },
}

const PLACES = 2

/** Of parallel logins as many stand as may, and the list has those and no other. */
export const limit: Race = {
  name: 'keep to maxSessions at parallel logins',
  options: { maxSessions: PLACES },
  prepare: (track, { owner }) => begin(track, owner),
  async run({ racers }, { cookie }, { round, owner, wander }) {
    const login = async (racer: SessionManager<Counts>): Promise<string | undefined> => {
      await wander()
      const session = await racer.load(requestOf())
      session.login(owner)
      const answer = await outcomeOf(racer.save(session))
      return answer === 'refused' ? undefined : cookieAfter(answer)
    }
    const cookies = [cookie, ...(await Promise.all(racers.map(login)))]
    const found = await Promise.all(cookies.map((shown) => racers[0]?.load(requestOf(shown))))
    const ids = found.flatMap((session) => (session?.owner === owner ? session.id : []))
    const listed = await racers.at(-1)?.list(owner)
    expectSame([ids.length, listed?.map(({ id }) => id)], [PLACES, ids.sort()], `round ${round}`)
  },
}
