import { on, promise } from './cases.ts'
import { fails, same } from './expect.ts'
import { bare, begin, loaded, turn } from './moves.ts'
import type { Bench, Visit } from './world.ts'

/** A new visitor's Cookie header, which the store answers, so that it shows what there is. */
async function anew(...begun: Parameters<typeof begin>): Promise<string> {
  return bare(await begin(...begun))
}

/** Two requests load the same session, change it, and are saved one after the other. */
async function race(
  bench: Bench,
  start: Record<string, unknown>,
  first: (session: Visit) => unknown,
  second: (session: Visit) => unknown,
  options = {},
): Promise<Record<string, unknown>> {
  const sessions = bench.make(options)
  const cookie = await anew(sessions, (session) => {
    session.data = start
  })
  const [a, b] = [await loaded(sessions, cookie), await loaded(sessions, cookie)]
  await first(a)
  await second(b)
  await sessions.save(a)
  await sessions.save(b)
  return (await turn(sessions, cookie)).session.data
}

const set = (key: string, value: unknown) => (session: Visit) => {
  session.data[key] = value
}

/** Refuses an object that has both keys. */
const eitherOr = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value: unknown) =>
      'a' in (value as object) && 'b' in (value as object) ? { issues: [{ message: 'both' }] } : { value },
  },
}

export const p07 = promise(
  7,
  'two requests that change different keys both win',
  [
    on('stored', 'two requests that change different keys both win', async (bench) => {
      same(await race(bench, { n: 1 }, set('a', 1), set('b', 2)), { n: 1, a: 1, b: 2 })
    }),
    on('stored', 'in any order of their store calls', async (bench) => {
      for (let seed = 0; seed < 60; seed++) {
        const sessions = bench.make()
        bench.store.recover()
        const cookie = await anew(sessions)
        let random = seed * 7919 + 1
        bench.store.before = async () => {
          random = (random * 1103515245 + 12345) & 0x7fffffff
          for (let i = 0; i < (random >> 8) % 12; i++) await undefined
        }
        await Promise.all(
          ['a', 'b', 'c'].map((key) =>
            turn(sessions, cookie, (session) => {
              session.data[key] = seed
            }),
          ),
        )
        bench.store.recover()
        const { n, a, b, c } = (await turn(sessions, cookie)).session.data
        same([n, a, b, c], [1, seed, seed, seed], `seed ${seed}`)
      }
    }),
    on('stored', 'a removal is a change', async (bench) => {
      same(await race(bench, { a: 1, b: 1 }, (it) => void delete it.data.a, set('c', 1)), { b: 1, c: 1 })
      same(await race(bench, { a: 1, b: 1 }, set('c', 1), (it) => void delete it.data.a), { b: 1, c: 1 })
    }),
    on('stored', 'of one key the later save wins', async (bench) => {
      same(await race(bench, { n: 1 }, set('n', 2), set('n', 3)), { n: 3 })
      same(await race(bench, { n: 1 }, set('n', 2), (it) => void delete it.data.n), {})
      same(await race(bench, { n: 1 }, (it) => void delete it.data.n, set('n', 3)), { n: 3 })
    }),
    on('stored', 'unless onConflict decides otherwise', async (bench) => {
      const asked: unknown[] = []
      const onConflict = (conflict: {
        key: string
        base: unknown
        mine: unknown
        theirs: unknown
      }): unknown => {
        asked.push(conflict)
        return (conflict.mine as number) + (conflict.theirs as number) - (conflict.base as number)
      }
      same(await race(bench, { n: 10, m: 1 }, set('n', 13), set('n', 15), { onConflict }), { n: 18, m: 1 })
      same(asked, [{ key: 'n', base: 10, mine: 15, theirs: 13 }])
      same(await race(bench, { n: 1, m: 1 }, set('n', 2), set('n', 3), { onConflict: () => undefined }), {
        m: 1,
      })
    }),
    on('stored', 'onConflict is not asked where both did the same', async (bench) => {
      const onConflict = (): never => {
        throw new Error('asked')
      }
      same(await race(bench, { n: 1 }, set('n', [2]), set('n', [2]), { onConflict }), { n: [2] })
    }),
    on('stored', 'a deep change is a change of its top-level key', async (bench) => {
      const push = (value: number) => (session: Visit) => void (session.data.list as number[]).push(value)
      same(await race(bench, { list: [0], n: 1 }, push(1), set('n', 2)), { list: [0, 1], n: 2 })
      same(await race(bench, { list: [0] }, push(1), push(2)), { list: [0, 2] })
    }),
    on('stored', 'update counts exactly, and pushes to one list from many requests', async (bench) => {
      const sessions = bench.make()
      const cookie = await anew(sessions, (session) => {
        session.data = { n: 0, list: [] }
      })
      await Promise.all(
        Array.from({ length: 25 }, (_, i) =>
          turn(sessions, cookie, (session) =>
            sessions.update(session, (data) => {
              data.n = (data.n as number) + 1
              ;(data.list as number[]).push(i)
            }),
          ),
        ),
      )
      const { data } = (await turn(sessions, cookie)).session
      same(
        [data.n, (data.list as number[]).sort((a, b) => a - b)],
        [25, Array.from({ length: 25 }, (_, i) => i)],
      )
    }),
    on('stored', 'update and the ordinary changes of one request are both kept', async (bench) => {
      const sessions = bench.make()
      const cookie = await anew(sessions)
      await turn(sessions, cookie, async (session) => {
        session.data.before = 1
        await turn(sessions, cookie, set('other', 1))
        await sessions.update(session, (data) => {
          data.n = (data.n as number) + 1
        })
        same(session.data, { n: 2, other: 1, before: 1 })
        session.data.after = 1
      })
      same((await turn(sessions, cookie)).session.data, { n: 2, other: 1, before: 1, after: 1 })
    }),
    on('stored', 'flash messages of two requests are both kept', async (bench) => {
      const sessions = bench.make()
      const cookie = await anew(sessions)
      const [a, b] = [await loaded(sessions, cookie), await loaded(sessions, cookie)]
      a.flash('one', '1')
      b.flash('two', '2')
      await sessions.save(a)
      await sessions.save(b)
      const { session } = await turn(sessions, cookie)
      same([session.peek('one'), session.peek('two')], ['1', '2'])
    }),
    on('stored', 'owner and times stay those of the record', async (bench) => {
      const sessions = bench.make()
      const login = await turn(sessions, null, (session) => session.login('ada', { label: 'laptop' }))
      const { createdAt, authenticatedAt } = login.session
      bench.clock.advance('10m')
      const [a, b] = [await loaded(sessions, login.cookie), await loaded(sessions, login.cookie)]
      a.data.a = 1
      b.data.b = 1
      await sessions.save(a)
      await sessions.save(b)
      const { session } = await turn(sessions, login.cookie)
      same([session.owner, session.createdAt, session.authenticatedAt], ['ada', createdAt, authenticatedAt])
      same(
        (await sessions.list('ada')).map(({ label }) => label),
        ['laptop'],
      )
    }),
    on(
      'stored',
      'a merged result that does not pass the schema is a conflict, and not saved',
      async (bench) => {
        const schema = eitherOr as never
        const sessions = bench.make({ schema })
        const cookie = await anew(sessions)
        const [first, second] = [await loaded(sessions, cookie), await loaded(sessions, cookie)]
        first.data.a = 1
        second.data.b = 1
        await sessions.save(first)
        await fails('conflict', () => sessions.save(second))
        same((await turn(sessions, cookie)).session.data, { n: 1, a: 1 })
      },
    ),
    on('stored', 'whoever loaded before a regenerate or login saves nothing', async (bench) => {
      for (const change of ['regenerate', 'login'] as const) {
        const sessions = bench.make()
        const cookie = await anew(sessions)
        const late = await loaded(sessions, cookie)
        late.data.role = 'admin'
        const next = await turn(sessions, cookie, (session) =>
          change === 'login' ? session.login('ada') : session.regenerate(),
        )
        await fails('superseded', () => sessions.save(late))
        same((await turn(sessions, next.cookie)).session.data, { n: 1 })
      }
    }),
    on('stored', 'a merge is reported with the keys', async (bench) => {
      await race(bench, { n: 1, m: 1 }, (it) => Object.assign(it.data, { n: 2, m: 2 }), set('n', 3))
      const event = bench.events.find(({ type }) => type === 'conflict') as
        | Record<string, unknown>
        | undefined
      same([event?.merged, event?.contested], [['m'], ['n']])
    }),
  ],
  (world) =>
    world.backing === 'sealed' ? 'the browser keeps the last seal it gets; merging needs a store' : undefined,
)
