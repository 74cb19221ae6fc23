import { expect, it } from 'vitest'
import type { FakeClock } from '../../src/testing.ts'
import { begin, failure, request, type Sessions, turn, type Visit } from '../core/kit.ts'
import { closedOf, locked } from './kit.ts'

const wrapsOf = async (store: Parameters<typeof closedOf>[0], id: string): Promise<number> =>
  Object.keys((await closedOf(store, id)).wraps).length

const write = ({ data }: Visit): void => {
  data.n = Number(data.n) + 1
}

/** A session whose next token was handed out: the cookies before and after. */
async function rotating(sessions: Sessions, clock: FakeClock) {
  const first = await begin(sessions)
  clock.advance('2h')
  const next = await turn(sessions, first)
  expect(next.sent).toHaveLength(1)
  return { first, next: next.cookie, id: next.session.id }
}

it('wraps for the next token when it is proposed, and forgets the former one after its grace', async () => {
  const { make, store, clock } = locked()
  const sessions = make()
  const { next, id } = await rotating(sessions, clock)
  expect(await wrapsOf(store, id)).toBe(2)
  await turn(sessions, next)
  expect(await wrapsOf(store, id)).toBe(2)
  const before = await closedOf(store, id)
  clock.advance('31s')
  await turn(sessions, next, write)
  const after = await closedOf(store, id)
  expect(Object.keys(after.wraps)).toHaveLength(1)
  expect(Object.values(before.wraps)).not.toContain(Object.values(after.wraps)[0])
})

it('gives parallel requests the same next token, and each of them reads on', async () => {
  const { make, clock } = locked()
  const sessions = make()
  const first = await begin(sessions)
  clock.advance('2h')
  const turns = await Promise.all([1, 2, 3].map(() => turn(sessions, first, ({ data }) => data)))
  const cookies = new Set(turns.map(({ cookie }) => cookie))
  expect(cookies.size).toBe(1)
  const [next = ''] = cookies
  for (const cookie of [first, next, first, next])
    expect((await turn(sessions, cookie)).session.data).toEqual({ n: 1 })
})

it('lets a request with a token in grace read and save, also when others save meanwhile', async () => {
  const { make, clock } = locked()
  const sessions = make()
  const { first, next } = await rotating(sessions, clock)
  await turn(sessions, next)
  const late = await sessions.load(request(first))
  late.data.late = true
  await turn(sessions, next, write)
  await sessions.save(late)
  expect((await turn(sessions, next)).session.data).toEqual({ n: 2, late: true })
})

it('saves nothing for one whose token died meanwhile, once the record has another key', async () => {
  const { make, clock } = locked()
  const sessions = make()
  const { first, next } = await rotating(sessions, clock)
  await turn(sessions, next)
  const late = await sessions.load(request(first))
  late.data.late = true
  clock.advance('31s')
  await turn(sessions, next, write)
  await failure('superseded', () => sessions.save(late))
  expect((await turn(sessions, next)).session.data).toEqual({ n: 2 })
})

it('loses nothing of one whose token died meanwhile, while the record is as it was', async () => {
  const { make, store, clock } = locked()
  const sessions = make()
  const { first, next, id } = await rotating(sessions, clock)
  await turn(sessions, next)
  const late = await sessions.load(request(first))
  late.data.late = true
  clock.advance('31s')
  await sessions.save(late)
  expect(await wrapsOf(store, id)).toBe(2)
  expect((await turn(sessions, next, write)).session.data).toEqual({ n: 2, late: true })
  expect(await wrapsOf(store, id)).toBe(1)
})

it('lets a socket go on after its commit, with the token it was given', async () => {
  const { make } = locked()
  const sessions = make()
  const made = await turn(sessions, '', (session) => {
    session.login('ada')
    session.data.n = 1
  })
  await turn(sessions, made.cookie, write)
  await sessions.update(made.session, (data) => {
    data.n = Number(data.n) + 10
  })
  expect((await turn(sessions, made.cookie)).session.data).toEqual({ n: 12 })
})

it('counts exactly, whoever was first', async () => {
  const { make } = locked()
  const sessions = make()
  const cookie = await begin(sessions, { n: 0 })
  const count = async (): Promise<void> => {
    const session = await sessions.load(request(cookie))
    await sessions.update(session, (data) => {
      data.n = Number(data.n) + 1
    })
  }
  await Promise.all(Array.from({ length: 10 }, count))
  expect((await turn(sessions, cookie)).session.data).toEqual({ n: 10 })
})
