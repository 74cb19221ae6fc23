import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { MemoryStore, StandardSchema } from '../../src/index.ts'
import { backings, begin, bench, type Data, failure, type Options, request, turn } from './kit.ts'

/** `n` is a number, `theme` has a default, other members are dropped. */
const schemas: readonly [string, unknown][] = [
  ['zod', z.object({ n: z.number(), theme: z.string().default('light') })],
  [
    'zod, asynchronous',
    z.object({ n: z.number().refine(async (n) => n < 100), theme: z.string().default('light') }),
  ],
  ['valibot', v.object({ n: v.number(), theme: v.optional(v.string(), 'light') })],
  [
    'valibot, asynchronous',
    v.objectAsync({
      n: v.pipeAsync(
        v.number(),
        v.checkAsync(async (n) => n < 100),
      ),
      theme: v.optional(v.string(), 'light'),
    }),
  ],
]

const withSchema = (schema: unknown): Options => ({ schema: schema as StandardSchema<Data> })

describe.each(backings)('%s', (backing) => {
  describe.each(schemas)('%s', (_, schema) => {
    test('data comes as the schema returns it', async () => {
      const { make } = bench(backing)
      const cookie = await begin(make(), { n: 1, extra: true })
      const { session } = await turn(make(withSchema(schema)), cookie)
      expect({ ...session.data }).toEqual({ n: 1, theme: 'light' })
    })

    test('what the schema adds or drops writes nothing on a read', async () => {
      const { make, clock, store } = bench(backing)
      const cookie = await begin(make(), { n: 1, extra: true })
      const sessions = make(withSchema(schema))
      const before = backing === 'stored' && JSON.stringify((store as MemoryStore).get(idOf(cookie)))
      clock.advance('1m')
      const { sent } = await turn(sessions, cookie)
      expect(sent).toEqual([])
      if (before) expect(JSON.stringify((store as MemoryStore).get(idOf(cookie)))).toBe(before)
    })

    test('what does not pass makes an anonymous session, and says so', async () => {
      const { make, events } = bench(backing)
      const begun = await turn(make(), '', ({ data }) => {
        data.n = 'one'
      })
      const { session, sent } = await turn(make(withSchema(schema)), begun.cookie)
      expect([session.outcome, session.isNew, { ...session.data }, sent]).toEqual(['schema', true, {}, []])
      expect(events).toEqual([{ type: 'schema', id: begun.session.id, createdAt: begun.session.createdAt }])
    })

    test('a new session is {}, unchecked', async () => {
      const sessions = bench(backing).make(withSchema(schema))
      const { session, cookie } = await turn(sessions, '', ({ data }) => {
        expect({ ...data }).toEqual({})
        data.n = 1
      })
      expect({ ...session.data }).toEqual({ n: 1 })
      expect((await turn(sessions, cookie)).session.data.theme).toBe('light')
    })
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('broken')
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
    ['returns no object', () => ({ value: 'text' })],
    ['returns an array', () => ({ value: [] })],
    ['returns what JSON can’t carry', () => ({ value: { at: new Date(0) } })],
  ])('a schema that %s is one that nothing passes', async (_, validate) => {
    const { make } = bench(backing)
    const cookie = await begin(make())
    const schema = { '~standard': { version: 1, vendor: 'test', validate } }
    expect((await turn(make(withSchema(schema)), cookie)).session.outcome).toBe('schema')
  })

  test('a renewal keeps what the schema made of it', async () => {
    const { make, clock } = bench(backing)
    let cookie = await begin(make())
    const sessions = make(withSchema(schemas[0]?.[1]))
    clock.advance('2h')
    cookie = (await turn(sessions, cookie)).cookie
    expect((await turn(sessions, cookie)).session.data.theme).toBe('light')
  })

  describe('version and migrate', () => {
    const bump = (data: Data, from: number): Data => ({ ...data, path: [...((data.path as []) ?? []), from] })

    test('data of an earlier version, or of none, is brought up to this one', async () => {
      const { make } = bench(backing)
      const cookie = await begin(make())
      const second = await turn(make({ version: 2, migrate: bump }), cookie, ({ data }) => {
        expect({ ...data }).toEqual({ n: 1, path: [0] })
        data.kept = true
      })
      const third = make({ version: 5, migrate: async (data, from) => bump(data, from) })
      expect((await turn(third, second.cookie)).session.data.path).toEqual([0, 2])
    })

    test('what migrate is given may be changed in place', async () => {
      const { make } = bench(backing)
      const cookie = await begin(make())
      const migrate = (data: Data): void => {
        data.m = 2
      }
      for (const either of [migrate, async (data: Data) => migrate(data)]) {
        const { session } = await turn(make({ version: 1, migrate: either }), cookie)
        expect({ ...session.data }).toEqual({ n: 1, m: 2 })
      }
    })

    test('data of this version is left alone', async () => {
      const { make } = bench(backing)
      const migrate = (): never => {
        throw new Error('called')
      }
      const cookie = await begin(make({ version: 2 }))
      expect((await turn(make({ version: 2, migrate }), cookie)).session.outcome).toBe('loaded')
    })

    test('without migrate the data stays, under the new number once it is written', async () => {
      const { make } = bench(backing)
      const cookie = await begin(make({ version: 1 }))
      const next = await turn(make({ version: 2 }), cookie, ({ data }) => {
        data.more = 1
      })
      expect((await turn(make({ version: 2 }), next.cookie)).session.data).toMatchObject({ n: 1, more: 1 })
      expect((await turn(make({ version: 1 }), next.cookie)).session.outcome).toBe('schema')
    })

    test.each([
      { version: 1 },
      { version: 1, migrate: bump },
      withSchema(schemas[0]?.[1]),
      {},
    ])('data of a later version is not touched by an older app: %#', async (older) => {
      const { make } = bench(backing)
      const cookie = await begin(make({ version: 2 }))
      const { session, sent } = await turn(make(older), cookie)
      expect([session.outcome, sent]).toEqual(['schema', []])
      expect((await turn(make({ version: 2 }), cookie)).session.data.n).toBe(1)
    })

    test.each([
      [
        'throws',
        () => {
          throw new Error('cannot')
        },
      ],
      ['rejects', () => Promise.reject(new Error('cannot'))],
      ['returns an array', () => []],
      ['returns null', () => null],
      ['returns a Date inside', () => ({ at: new Date(0) })],
    ])('a migrate that %s has outcome schema', async (_, migrate) => {
      const { make } = bench(backing)
      const cookie = await begin(make())
      expect((await turn(make({ version: 1, migrate }), cookie)).session.outcome).toBe('schema')
    })

    test('the schema checks what migrate made', async () => {
      const { make } = bench(backing)
      const cookie = await begin(make(), { n: 'one' })
      const migrate = ({ n }: Data): Data => ({ n: n === 'one' ? 1 : n })
      const sessions = make({ version: 1, migrate, ...withSchema(schemas[0]?.[1]) })
      expect({ ...(await turn(sessions, cookie)).session.data }).toEqual({ n: 1, theme: 'light' })
    })

    test('owner, times and flash are none of its business', async () => {
      const { make, clock } = bench(backing)
      const { cookie, session: former } = await turn(make(), '', (session) => {
        session.login('ada')
        session.flash('notice', 'hello')
      })
      clock.advance('1m')
      const { session } = await turn(make({ version: 1, migrate: () => ({}) }), cookie)
      expect([session.owner, session.createdAt, session.peek('notice')]).toEqual([
        'ada',
        former.createdAt,
        'hello',
      ])
    })
  })
})

describe('stored', () => {
  const misfit = async () => {
    const { make, store } = bench('stored')
    const cookie = await begin(make(), { n: 'one' })
    return { make, store: store as MemoryStore, cookie, sessions: make(withSchema(schemas[0]?.[1])) }
  }

  test('the row that does not fit stays for an app that knows it', async () => {
    const { make, cookie, sessions } = await misfit()
    await turn(sessions, cookie)
    expect((await turn(make(), cookie)).session.data.n).toBe('one')
  })

  test('writing makes another session, and still leaves it', async () => {
    const { store, cookie, sessions } = await misfit()
    const next = await turn(sessions, cookie, ({ data }) => {
      data.n = 1
    })
    expect((await turn(sessions, next.cookie)).session.data.n).toBe(1)
    expect(store.size).toBe(2)
  })

  test('destroy removes it', async () => {
    const { store, cookie, sessions } = await misfit()
    const { sent } = await turn(sessions, cookie, (session) => session.destroy())
    expect([store.size, sent.length]).toEqual([0, 1])
  })

  /** Refuses whoever has both. */
  const eitherOr = z
    .object({ a: z.number().optional(), b: z.number().optional() })
    .refine((it) => !(it.a && it.b))

  test('a merge that does not pass is a conflict, and can be mended', async () => {
    const { make } = bench('stored')
    const sessions = make(withSchema(eitherOr))
    const started = await turn(sessions, '', (session) => session.login('ada'))
    const late = await sessions.load(request(started.cookie))
    late.data.b = 2
    await turn(sessions, started.cookie, ({ data }) => {
      data.a = 1
    })
    await failure('conflict', () => sessions.save(late))
    expect({ ...(await turn(sessions, started.cookie)).session.data }).toEqual({ a: 1 })
    delete late.data.b
    late.data.a = 3
    await sessions.save(late)
    expect({ ...(await turn(sessions, started.cookie)).session.data }).toEqual({ a: 3 })
  })

  test('update that does not pass is one, too', async () => {
    const sessions = bench('stored').make(withSchema(eitherOr))
    const cookie = await begin(sessions, { a: 1 })
    const session = await sessions.load(request(cookie))
    await failure('conflict', () =>
      sessions.update(session, (data) => {
        data.b = 1
      }),
    )
    expect({ ...session.data }).toEqual({ a: 1 })
  })

  test.each([
    ['versions alike', { version: 1 }],
    ['no version', {}],
  ])('what a newer app wrote meanwhile is not merged by an older one: %s', async (_, older) => {
    const { make } = bench('stored')
    const sessions = make(older)
    const cookie = await begin(sessions)
    const late = await sessions.load(request(cookie))
    late.data.late = true
    await turn(make({ version: 2 }), cookie, ({ data }) => {
      data.n = 2
    })
    await failure('conflict', () => sessions.save(late))
    expect({ ...(await turn(make({ version: 2 }), cookie)).session.data }).toEqual({ n: 2 })
  })
})

/** The id in a stored token: the bytes after version and key id. */
function idOf(cookie: string): string {
  const token = Buffer.from(cookie.slice(cookie.indexOf('=') + 1), 'base64url')
  return token.subarray(5, 21).toString('base64url')
}
