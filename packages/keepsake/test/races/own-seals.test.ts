import { beforeAll, describe, expect, test } from 'vitest'
import { ownSeals } from '../../src/import/own-seals.ts'
import { MemoryStore, SessionError, type Store } from '../../src/index.ts'
import { everySchedule, gatedStore, interleave } from '../../src/testing.ts'
import { after, begin, bench, NAME, request, type Sessions, turn, type Visit } from '../core/kit.ts'

const DEEDS = {
  read: ({ data }: Visit) => void Object.keys(data),
  'write a': ({ data }: Visit) => void Object.assign(data, { a: 1 }),
  'write b': ({ data }: Visit) => void Object.assign(data, { b: 1 }),
  login: (session: Visit) => session.login('ada'),
  logout: (session: Visit) => session.destroy(),
} as const

type Deed = keyof typeof DEEDS

interface Answer {
  readonly deed: Deed
  readonly cookie: string
  readonly error: string | undefined
}

const stored = (store: Store): Sessions =>
  bench('stored', { accept: [ownSeals({ until: '2099-01-01' })], store }).make()

let seal = ''
beforeAll(async () => {
  seal = await begin(bench('sealed').make())
})

async function answerOf(store: Store, deed: Deed): Promise<Answer> {
  const sessions = stored(store)
  const session = await sessions.load(request(seal))
  DEEDS[deed](session)
  try {
    return { deed, cookie: after('', await sessions.save(session)), error: undefined }
  } catch (error) {
    if (!(error instanceof SessionError)) throw error
    return { deed, cookie: '', error: error.code }
  }
}

/** Only a write may fail, and only because somebody logged in or out; then its caller knows. */
function judgeErrors(answers: readonly Answer[], calm: boolean): void {
  for (const { deed, error } of answers) {
    if (!error) continue
    expect([deed.split(' ')[0], error, calm]).toEqual(['write', 'superseded', false])
  }
}

/** Writes add up under one token, a login stands, and a logout ends what the seal and the writes held. */
async function judge(store: Store, answers: readonly Answer[]): Promise<void> {
  const sessions = stored(store)
  const written = answers.filter(({ deed, error }) => deed.startsWith('write') && !error)
  const login = answers.find(({ deed }) => deed === 'login')
  const logout = answers.some(({ deed }) => deed === 'logout')
  judgeErrors(answers, !login && !logout)
  if (logout) return judgeEnd(sessions, [seal, ...written.map(({ cookie }) => cookie)])
  if (login) return expect((await turn(sessions, login.cookie)).session.owner).toBe('ada')
  expect(new Set(written.map(({ cookie }) => cookie)).size).toBeLessThanOrEqual(1)
  const { session } = await turn(sessions, written[0]?.cookie ?? seal)
  for (const { deed } of written) expect(session.data[deed.slice(-1)]).toBe(1)
}

async function judgeEnd(sessions: Sessions, cookies: readonly string[]): Promise<void> {
  for (const cookie of cookies) expect((await turn(sessions, cookie)).session.data.n).toBeUndefined()
}

const ALL = Object.keys(DEEDS) as Deed[]
const pairs = ALL.flatMap((a, at) => ALL.slice(at).map((b) => [a, b] as const))

describe('requests with one seal at once, on a manager that was given a store', { timeout: 60_000 }, () => {
  test.each(pairs)('%s and %s, in every order', async (...deeds) => {
    const schedules = await everySchedule(async (choose) => {
      const store = new MemoryStore({ clock: bench('sealed').clock.now })
      const actors = deeds.map((deed) => {
        const gate = gatedStore(store)
        return { gate, done: answerOf(gate, deed) }
      })
      await interleave(actors, choose)
      await judge(store, await Promise.all(actors.map(({ done }) => done)))
    })
    expect(schedules).toBeGreaterThan(1)
  })

  test('the seal is what they came with', () => expect(seal).toContain(`${NAME}=A`))
})
