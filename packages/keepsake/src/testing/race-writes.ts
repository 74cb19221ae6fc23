import { expectSame } from './expect.ts'
import { begin, type Race, requestOf } from './race-track.ts'

const TIMES = 3

/** All count on one key, and each writes a key of its own: nothing is lost. */
export const lostUpdate: Race = {
  name: 'lose no update',
  prepare: (track) => begin(track),
  async run({ racers }, { cookie }, lane) {
    await Promise.all(
      racers.map(async (racer, i) => {
        const session = await racer.load(requestOf(cookie))
        await lane.wander()
        for (let times = 0; times < TIMES; times++)
          await racer.update(session, (data) => {
            data.count = (data.count ?? 0) + 1
          })
        session.data[`own${i}`] = 1
        await racer.save(session)
      }),
    )
    const [first] = racers
    const own = Object.fromEntries(racers.map((_, i) => [`own${i}`, 1]))
    const { data } = (await first?.load(requestOf(cookie))) ?? {}
    const wanted = { begun: 1, count: racers.length * TIMES, ...own }
    expectSame(sorted(data), sorted(wanted), `round ${lane.round}`)
  },
}

function sorted(data: object | undefined): [string, unknown][] {
  return Object.entries(data ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
}
