import type { Session } from '../index.ts'
import { expectSame } from './expect.ts'
import { begin, type Counts, cookieAfter, outcomeOf, type Race, requestOf } from './race-track.ts'

/** What a request does while another one logs out. */
const ACTS: Readonly<Record<string, (session: Session<Counts>, owner: string) => void>> = {
  'a save': (session) => {
    session.data.saved = 1
  },
  'a renewal': (session) => void session.owner,
  'a rotation': (session) => void session.owner,
  'a login': (session, owner) => session.login(owner),
}

/** A logout that was answered stands, whatever else was under way. */
export const logouts: readonly Race[] = Object.entries(ACTS).map(([what, act]) => ({
  name: `let a logout stand during ${what}`,
  after: ['61s'],
  ...(what === 'a rotation' && { options: { rotateEvery: '60s' as const } }),
  prepare: (track, { owner }) => begin(track, owner),
  async run({ racers, stores }, { id, cookie }, lane) {
    let loggedOut = false
    const answers = await Promise.all(
      racers.map(async (racer, i) => {
        await lane.wander()
        const session = await racer.load(requestOf(cookie))
        await lane.wander()
        if (i === 0) loggedOut = session.outcome === 'loaded'
        if (i === 0) session.destroy()
        else act(session, lane.owner)
        return outcomeOf(racer.save(session))
      }),
    )
    const at = `round ${lane.round}`
    // a logout with a token that a login has retired ends nothing, and it should not
    if (loggedOut) expectSame(await stores.at(-1)?.get(id), null, at)
    for (const answer of answers.slice(1)) {
      const handed = answer === 'refused' ? undefined : cookieAfter(answer)
      const session = handed === undefined ? undefined : await racers[0]?.load(requestOf(handed))
      const opens = session?.id === id && session.outcome === 'loaded'
      expectSame(loggedOut && opens, false, `${at}: the ended session opens`)
    }
  },
}))
