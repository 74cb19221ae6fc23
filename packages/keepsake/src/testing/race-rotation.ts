import { expectSame } from './expect.ts'
import { begin, cookieAfter, type Race, requestOf, type Track } from './race-track.ts'

/** Requests that rotate at once are handed the same next token, and nobody is locked out. */
export const rotation: Race = {
  name: 'agree on the next token',
  options: { rotateEvery: '60s' },
  after: ['61s'],
  prepare: (track) => begin(track),
  async run(track, { id, cookie }, lane) {
    const at = `round ${lane.round}`
    const handed = await handedTo(track, cookie, lane.wander)
    expectSame(handed.size, 1, `${at}: tokens handed out`)
    const [next = ''] = handed
    expectSame((await handedTo(track, next, lane.wander)).size, 0, `${at}: tokens at the confirmation`)
    for (const shown of [next, cookie]) {
      const session = await track.racers[0]?.load(requestOf(shown))
      expectSame([session?.outcome, session?.id], ['loaded', id], at)
    }
  },
}

/** All read at once with one cookie; the different cookies that they got. */
async function handedTo(track: Track, cookie: string, wander: () => Promise<void>): Promise<Set<string>> {
  const handed = await Promise.all(
    track.racers.map(async (racer) => {
      await wander()
      const session = await racer.load(requestOf(cookie))
      expectSame(session.outcome, 'loaded', 'a rotation under way')
      await wander()
      return cookieAfter(await racer.save(session))
    }),
  )
  return new Set(handed.flatMap((cookie) => cookie ?? []))
}
