import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { BoundedStore } from '../../src/core/bounded-store.ts'
import { MemoryStore, SessionError, type Store, type Stored } from '../../src/index.ts'
import { failure } from './kit.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A store of which only `get` is looked at. */
function answering(get: () => unknown, limit = 2_000): BoundedStore {
  const store: Store = Object.assign(new MemoryStore(), { get: get as Store['get'] })
  return new BoundedStore(store, limit)
}

/** What it comes to when this much time has passed. */
async function after<T>(ms: number, answer: T | Promise<T>): Promise<T | 'waiting'> {
  const settled = Promise.race([answer, vi.advanceTimersByTimeAsync(ms).then(() => 'waiting' as const)])
  return settled
}

const never = (): Promise<never> => new Promise(() => undefined)
const stored: Stored = { value: 'v', version: 1, expires: new Date(1) }

describe('an answer', () => {
  test.each([
    ['that is there', () => stored],
    ['that comes', async () => stored],
    ['of a thenable', () => ({ then: (resolve: (it: Stored) => void) => resolve(stored) })],
    ['of another realm', runInNewContext('(it) => () => Promise.resolve(it)')(stored)],
  ])('%s is given, and leaves no timer', async (_, get) => {
    expect(await answering(get).get('id')).toBe(stored)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('that is there needs no timer', () => {
    const setTimer = vi.spyOn(globalThis, 'setTimeout')
    void answering(() => stored).get('id')
    expect(setTimer).not.toHaveBeenCalled()
  })

  test('just in time is given', async () => {
    const slow = () => new Promise((resolve) => setTimeout(resolve, 1_999, stored))
    expect(await after(1_999, answering(slow).get('id'))).toBe(stored)
  })
})

describe('an error', () => {
  const down = new Error('ECONNREFUSED 127.0.0.1:6379')

  test.each([
    [
      'thrown',
      () => {
        throw down
      },
    ],
    ['rejected with', () => Promise.reject(down)],
    ['rejected with in another realm', runInNewContext('(error) => () => Promise.reject(error)')(down)],
  ])('%s is store_unavailable, with what failed, the remedy and the cause', async (_, get) => {
    const error = await failure('store_unavailable', () => answering(get).get('id'))
    expect(error.message).toBe(
      'The store failed at get: ECONNREFUSED 127.0.0.1:6379. Is it running and reachable, and its client connected?',
    )
    expect(error.cause).toBe(down)
    expect(vi.getTimerCount()).toBe(0)
  })

  test.each(['text', undefined, null, 7])('that is none (%j) has no words of its own', async (thrown) => {
    const error = await failure('store_unavailable', () => answering(() => Promise.reject(thrown)).get('id'))
    expect(error.message).toContain('unknown error')
  })

  test('of ours passes as it is', async () => {
    const ours = new SessionError('config', 'ours')
    expect(await failure('config', () => answering(() => Promise.reject(ours)).get('id'))).toBe(ours)
  })

  test('that comes too late troubles nobody', async () => {
    const late = () => new Promise((_, reject) => setTimeout(reject, 5_000, down))
    const error = failure('store_unavailable', () => answering(late).get('id'))
    await vi.advanceTimersByTimeAsync(10_000)
    expect((await error).message).toContain('no answer within 2000 ms')
  })
})

describe('no answer', () => {
  test('is store_unavailable after the limit, not before', async () => {
    const answer = answering(never).get('id')
    const error = failure('store_unavailable', () => answer)
    expect(await after(1_999, answer)).toBe('waiting')
    await vi.advanceTimersByTimeAsync(1)
    expect((await error).message).toContain('The store failed at get: no answer within 2000 ms.')
    expect(vi.getTimerCount()).toBe(0)
  })

  test('a limit longer than timers can count is a long one', async () => {
    const answer = answering(never, 400 * 86_400_000).get('id')
    expect(await after(20 * 86_400_000, answer)).toBe('waiting')
  })

  test.each([
    'get',
    'create',
    'update',
    'touch',
    'delete',
    'list',
  ] as const)('of %s names it', async (name) => {
    const bounded = new BoundedStore(Object.assign(new MemoryStore(), { [name]: never }), 1_000)
    const at = new Date(1)
    const calls = {
      get: () => bounded.get('id'),
      create: () => bounded.create('id', 'v', at),
      update: () => bounded.update('id', 'v', at, 1),
      touch: () => bounded.touch('id', at, 1),
      delete: () => bounded.delete('id'),
      list: () => bounded.list('owner', 1),
    }
    const error = failure('store_unavailable', calls[name])
    await vi.advanceTimersByTimeAsync(1_000)
    expect((await error).message).toContain(`failed at ${name}:`)
  })
})

describe('P27: a write that fails', () => {
  const reset = new Error('ECONNRESET')
  const at = new Date(1)

  /** A store whose `update` fails this way, and what is in it then. */
  function failing(
    update: () => Promise<never>,
    there: () => unknown,
  ): [BoundedStore, ReturnType<typeof vi.fn>] {
    const get = vi.fn(there)
    return [new BoundedStore(Object.assign(new MemoryStore(), { update, get }) as Store, 1_000), get]
  }

  test('is looked up once, and counts if it is there', async () => {
    const [bounded, get] = failing(
      () => Promise.reject(reset),
      () => stored,
    )
    expect(await bounded.update('id', 'v', at, 1)).toBe(true)
    expect(await failure('store_unavailable', () => bounded.update('id', 'another', at, 1))).toMatchObject({
      cause: reset,
    })
    expect(get).toHaveBeenCalledTimes(2)
  })

  test('has one limit with its look-up', async () => {
    const late = (): Promise<never> => new Promise((_, reject) => setTimeout(reject, 900, reset))
    const [bounded, get] = failing(late, never)
    const answer = bounded.update('id', 'v', at, 1)
    const error = failure('store_unavailable', () => answer)
    expect(await after(999, answer)).toBe('waiting')
    expect(get).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(1)
    expect((await error).message).toContain('The store failed at update: no answer within 1000 ms.')
  })

  test('by an error of ours has failed, whatever is there', async () => {
    const unsafe = new SessionError('store_unavailable', 'no replica has it')
    const [bounded, get] = failing(
      () => Promise.reject(unsafe),
      () => stored,
    )
    expect(await failure('store_unavailable', () => bounded.update('id', 'v', at, 1))).toBe(unsafe)
    expect(get).not.toHaveBeenCalled()
  })
})

test('arguments and answers pass as they are', async () => {
  const bounded = new BoundedStore(new MemoryStore({ clock: () => 0 }), 1_000)
  const [early, later] = [new Date(5), new Date(9)]
  expect(await bounded.create('id', 'one', early, 'ada')).toBe(true)
  expect(await bounded.update('id', 'two', early, 1, 'ada')).toBe(true)
  expect(await bounded.touch('id', later, 2)).toBe(true)
  expect(await bounded.list('ada', 1, 'a')).toEqual([{ id: 'id', value: 'two', version: 2, expires: later }])
  await bounded.delete('id')
  expect(await bounded.get('id')).toBeNull()
})

test('a store that lists nothing lists nobody', async () => {
  const { consistency, ...methods } = new MemoryStore()
  const store = { consistency, ...methods } as unknown as Store
  expect(await new BoundedStore(store, 1_000).list('ada', 1)).toEqual([])
})
