import { describe, expect, test, vi } from 'vitest'
import { describe as sentence } from '../../src/core/explain.ts'
import { MemoryStore, type Session, type SessionError, type StandardSchema } from '../../src/index.ts'
import { type FaultPlan, faultyStore } from '../../src/testing.ts'
import { type Answer, because, type Data, doing, explains, NAME, pair, site, write } from './server.ts'

const host = 'app.example'

/** What was not kept was not there to be explained at load: the one event is. */
function heard({ events }: Answer, code: string, ...facts: readonly unknown[]): void {
  expect(events.map(({ type }) => type)).toEqual([code])
  for (const event of events) explains(sentence(event), facts)
}

test('4 a later handler made a new Response: the cookie is put back, and it is told', async () => {
  const { ask, sessions } = await site()
  let id = ''
  const answer = await ask(
    { host },
    {
      answer: async (request) => {
        const session = await sessions.load(request)
        session.data.n = 1
        id = session.id
        const inner = await sessions.commit(session, new Response('page'))
        return sessions.commit(session, new Response(inner.body, { headers: { 'x-final': '1' } }))
      },
    },
  )
  heard(answer, 'cookie-dropped', id, 'commit()')
  expect(answer.cookies).toHaveLength(1)
})

test('5 the handler ended while its save was running', async () => {
  const { ask, sessions } = await site({ store: new MemoryStore() })
  let id = ''
  const answer = await ask(
    { host },
    {
      handle: (session) => {
        session.data.n = 1
        id = session.id
        void sessions.save(session)
        return new Response()
      },
    },
  )
  heard(answer, 'not-awaited', id, 'Await')
  expect(answer.cookies).toHaveLength(1)
})

describe('6 too late', () => {
  test('a stream changes it after its response has left', async () => {
    const { ask } = await site()
    const answer = await ask(
      { host },
      {
        handle: (session) => {
          session.data.n = 1
          const pull = (): void => session.flash('notice', 'saved')
          return new Response(new ReadableStream({ pull }, { highWaterMark: 0 }))
        },
      },
    )
    heard(answer, 'too-late', 'changed after it had been saved', 'sessions.update()')
    expect(answer.text).toContain('sessions.update()')
  })

  test('a stream looks for the first time after its response left as public', async () => {
    const { ask } = await site()
    const answer = await ask(
      { host },
      {
        handle: (session) => {
          const pull = (): void => void session.data
          return new Response(new ReadableStream({ pull }, { highWaterMark: 0 }))
        },
      },
    )
    heard(answer, 'too-late', 'first looked at')
  })
})

describe('7 too large', () => {
  test('the cookie: its size, the limit and the largest keys', async () => {
    const { ask } = await site()
    const answer = await ask(
      { host },
      {
        handle: (session) => {
          Object.assign(session.data, { small: 'x', cart: 'y'.repeat(3000), notes: 'z'.repeat(2000) })
          return new Response()
        },
      },
    )
    expect(answer).toMatchObject({ status: 500, cookies: [] })
    const size = /(\d+) bytes of name and value/.exec(answer.text)?.[1]
    expect(Number(size)).toBeGreaterThan(4096)
    heard(answer, 'too-large', size, 4096, 'cart (3002 bytes)', 'notes (2002 bytes)', 'store')
  })

  test('the Cookie header: how many characters and cookies', async () => {
    const { ask } = await site()
    const header = `${'a=b; '.repeat(250)}${NAME}=x`
    const answer = await ask({ host, cookie: header })
    because(answer, 'oversized-header', header.length, '251 cookies', 16384, 200)
  })
})

test('12 another request wrote first: what was merged, and what both changed', async () => {
  const { ask, sessions } = await site({ store: new MemoryStore() })
  const cookie = pair(await ask({ host }, { handle: write }))
  let id = ''
  const answer = await ask(
    { host, cookie },
    {
      handle: async (session) => {
        Object.assign(session.data, { mine: 1, both: 'ours' })
        id = session.id
        const other = await sessions.load(new Request(`https://${host}/`, { headers: { cookie } }))
        Object.assign(other.data, { theirs: 1, both: 'theirs' })
        await sessions.save(other)
        return new Response()
      },
    },
  )
  heard(answer, 'conflict', id, 'merged: theirs;', 'changed by both: both.', 'sessions.update()')
  expect(await ask({ host, cookie })).toMatchObject({ text: '{"n":1,"theirs":1,"both":"ours","mine":1}' })
})

test('12 another request wrote first, and both together do not pass the schema', async () => {
  const schema: StandardSchema<Data> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) => {
        const data = value as Data
        return 'a' in data && 'b' in data ? { issues: ['one of them'] } : { value: data }
      },
    },
  }
  const { ask, sessions } = await site({ store: new MemoryStore(), schema })
  const cookie = pair(await ask({ host }, { handle: write }))
  let id = ''
  const handle = async (session: Session<Data>): Promise<Response> => {
    session.data.a = 1
    id = session.id
    const other = await sessions.load(new Request(`https://${host}/`, { headers: { cookie } }))
    other.data.b = 1
    await sessions.save(other)
    return new Response()
  }
  const answer = await ask({ host, cookie }, { handle })
  expect(answer).toMatchObject({ status: 500, cookies: [] })
  heard(answer, 'conflict', id, 'Nothing was saved', 'does not pass the schema')
})

describe('14 the store is down', () => {
  const down = (plan: FaultPlan) => faultyStore(new MemoryStore(), plan)

  test('load rejects, and says which call failed', async () => {
    let broken = false
    const { ask } = await site({ store: down(() => (broken ? 'throw' : undefined)) })
    const cookie = pair(await ask({ host }, { handle: write }))
    broken = true
    const answer = await ask({ host, cookie })
    expect(answer).toMatchObject({ status: 500, cookies: [], why: { outcome: 'store-error' } })
    because(answer, 'store-error', 'failed at get', 'the store is down, by plan')
  })

  test("onStoreError: 'anonymous' goes on", async () => {
    let broken = false
    const store = down(() => (broken ? 'throw' : undefined))
    const { ask } = await site({ store, onStoreError: 'anonymous' })
    const cookie = pair(await ask({ host }, { handle: write }))
    broken = true
    const answer = await ask({ host, cookie })
    expect(answer).toMatchObject({ status: 200, text: '{}', cookies: [] })
    because(answer, 'store-error', 'failed at get')
  })

  test('it hangs: how long was waited', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      let broken = false
      const store = down(({ method }) => {
        if (!broken) return undefined
        queueMicrotask(() => vi.advanceTimersByTime(method === 'get' ? 3_000 : 0))
        return 'hang'
      })
      const { ask } = await site({ store, storeTimeout: '3s' })
      const cookie = pair(await ask({ host }, { handle: write }))
      broken = true
      const answer = await ask({ host, cookie })
      because(answer, 'store-error', 'no answer within 3000 ms')
    } finally {
      vi.useRealTimers()
    }
  })

  test('a save fails: no cookie leaves', async () => {
    const { ask } = await site({ store: down(({ method }) => (method === 'create' ? 'throw' : undefined)) })
    const answer = await ask({ host }, { handle: write })
    expect(answer).toMatchObject({ status: 500, cookies: [] })
    heard(answer, 'store-error', 'failed at create')
  })
})

describe('15 a value or change was not kept', () => {
  test.each([
    [new Date(0), 'data.order[0].at', 'an instance of Date'],
    [new Map(), 'data.order[0].at', 'an instance of Map'],
    [() => 1, 'data.order[0].at', 'function'],
    [Number.NaN, 'data.order[0].at', 'NaN'],
  ])('%o: where it is', async (value, path, what) => {
    const { ask } = await site()
    const answer = await ask(
      { host },
      {
        handle: (session) => {
          session.data.order = [{ at: value }]
          return new Response()
        },
      },
    )
    expect(answer).toMatchObject({ status: 500, cookies: [] })
    expect(answer.events).toMatchObject([{ type: 'invalid-data' }])
    expect((answer.events[0] as { reason: string }).reason).toContain(path)
    expect((answer.events[0] as { reason: string }).reason).toContain(what)
  })

  test('a change deep inside is kept, and there is nothing to tell', async () => {
    const { ask } = await site()
    const cookie = pair(
      await ask({ host }, { handle: doing(({ data }) => void Object.assign(data, { a: { b: [1] } })) }),
    )
    const answer = await ask(
      { host, cookie },
      {
        handle: (session) => {
          ;(session.data.a as { b: number[] }).b.push(2)
          return new Response()
        },
      },
    )
    expect(answer.events).toEqual([])
    expect(await ask({ host, cookie: pair(answer) })).toMatchObject({ text: '{"a":{"b":[1,2]}}' })
  })

  test('ended meanwhile by another request', async () => {
    const { ask, sessions } = await site({ store: new MemoryStore() })
    const cookie = pair(await ask({ host }, { handle: write }))
    const answer = await ask(
      { host, cookie },
      {
        handle: async (session) => {
          session.data.n = 2
          const other = await sessions.load(new Request(`https://${host}/`, { headers: { cookie } }))
          other.destroy()
          await sessions.save(other)
          return new Response()
        },
      },
    )
    expect(answer).toMatchObject({ status: 500, cookies: [] })
    heard(answer, 'superseded', 'Nothing was saved')
    expect((await ask({ host, cookie })).text).toBe('{}')
  })
})

test('every error of these is a SessionError with its code', async () => {
  const { sessions } = await site()
  const session = await sessions.load(new Request(`https://${host}/`))
  session.data.at = new Date(0)
  await expect(sessions.save(session)).rejects.toMatchObject({
    code: 'invalid_data',
    path: 'data.at',
  } satisfies Partial<SessionError>)
})
