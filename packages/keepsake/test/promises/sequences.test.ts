import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { after, bare, request, turn } from '../../../conformance/promises/moves.ts'
import { type Bench, open, type Sessions } from '../../../conformance/promises/world.ts'
import { NOBODY, outcome, replaced, type Seen, type Task, tasks } from './model.ts'
import { settings } from './worlds.ts'

/** One request through `run`, the page that reports an error included; returns the Cookie header after it. */
async function carryOut(sessions: Sessions, cookie: string, { deeds, throws }: Task): Promise<string> {
  const asked = request(cookie)
  const handled = sessions.run(asked, (session) => {
    for (const { act } of deeds) act(session)
    if (throws) throw new Error('boom')
    return new Response('ok')
  })
  const response = await handled.catch(async () =>
    sessions.commit(await sessions.load(asked), new Response('error', { status: 500 })),
  )
  return after(cookie, response.headers.getSetCookie())
}

async function seenBy(sessions: Sessions, cookie: string): Promise<Seen> {
  const { data, owner, flash } = await look(sessions, cookie)
  return { data, flash, owner }
}

async function look(sessions: Sessions, cookie: string): Promise<Seen & { isNew: boolean }> {
  const { session } = await turn(sessions, cookie)
  const names = ['a', 'b', 'c'].filter((name) => session.peek(name) !== undefined)
  const flash = Object.fromEntries(names.map((name) => [name, session.peek(name) as string]))
  return { data: { ...session.data } as Seen['data'], flash, owner: session.owner, isNew: session.isNew }
}

async function living({ store }: Bench): Promise<number> {
  const records = await Promise.all([...store.written.keys()].map((id) => store.peek(id)))
  return records.filter(Boolean).length
}

describe.each(await settings())('$world.name', ({ world, lib }) => {
  test('P4 P9 P10 P12 after any sequence of requests a session is what a model says', async () => {
    await fc.assert(
      fc.asyncProperty(tasks, async (list) => {
        const bench = await open(world, lib)
        const sessions = bench.make()
        let cookie = ''
        let expected = NOBODY
        for (const task of list) {
          const before = cookie
          expected = outcome(expected, task)
          cookie = await carryOut(sessions, before, task)
          expect(await seenBy(sessions, cookie)).toEqual({ owner: undefined, ...expected })
          if (bench.sealed) continue
          if (replaced(task)) expect((await look(sessions, bare(before))).isNew).toBe(true)
          expect(await living(bench)).toBeLessThanOrEqual(1)
        }
      }),
      { numRuns: 150 },
    )
  })
})
