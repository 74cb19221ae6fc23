import { describe, expect, test } from 'vitest'
import { MemoryStore, SessionError, type Store } from '../../src/index.ts'
import { intercept } from '../../src/testing/intercept.ts'
import { everySchedule, type GatedStore, gatedStore, interleave, seededChoices } from '../../src/testing.ts'
import {
  after,
  type Backing,
  backings,
  bench,
  request,
  type Sessions,
  turn,
  type Visit,
} from '../core/kit.ts'
import { cookieOf, toy } from '../import/toy.ts'

const OLD = cookieOf({ id: 'one', user: 'ada', cart: ['tea'] })
const accept = [toy()]

const DEEDS = {
  read: ({ data }: Visit) => void Object.keys(data),
  write: ({ data }: Visit) => void Object.assign(data, { n: 1 }),
  login: (session: Visit) => session.login('ada', { keep: ['cart'] }),
  logout: (session: Visit) => session.destroy(),
} as const

type Deed = keyof typeof DEEDS
type Step = `${'visitor' | 'copy'} ${'read' | 'write' | 'logout'}`

const STEPS: readonly Step[] = ['read', 'write', 'logout'].flatMap((deed) => [
  `visitor ${deed}` as Step,
  `copy ${deed}` as Step,
])

/** Every sequence of so many steps. */
function sequences(length: number, steps: readonly Step[]): Step[][] {
  if (length === 0) return [[]]
  return sequences(length - 1, steps).flatMap((rest) => steps.map((step) => [...rest, step]))
}

/** What is wrong with a sequence: the old cookie logs in again after a logout, or opens twice. */
async function fault(backing: Backing, steps: readonly Step[]): Promise<string | undefined> {
  const { make, clock } = bench(backing, { accept })
  const sessions = make()
  let jar = OLD
  let ended = false
  let opened = 0
  for (const step of steps) {
    clock.advance('31s')
    const [who, deed] = step.split(' ') as ['visitor' | 'copy', Deed]
    const { session, sent } = await turn(sessions, who === 'visitor' ? jar : OLD, DEEDS[deed])
    if (session.outcome === 'accepted' && ++opened > 1) return ended ? 'logged in again' : 'opened twice'
    // what the copy is answered does not reach the visitor's browser
    if (who === 'visitor') jar = after(jar, sent)
    ended ||= deed === 'logout'
  }
  return undefined
}

describe('an old cookie, used in every order', { timeout: 60_000 }, () => {
  test('in a store, it opens once at most, whoever else has a copy', async () => {
    for (const steps of sequences(4, STEPS))
      expect(await fault('stored', steps), steps.join()).toBeUndefined()
  })

  test.each(backings)('%s, its own browser never logs in again by it', async (backing) => {
    const own = STEPS.filter((step) => step.startsWith('visitor'))
    for (const steps of sequences(5, own)) expect(await fault(backing, steps), steps.join()).toBeUndefined()
  })

  test('sealed, a copy does: nothing remembers that it was used', async () => {
    expect(await fault('sealed', ['visitor read', 'visitor logout', 'copy read'])).toBe('logged in again')
  })
})

/** A store, and the ids that live in it. */
function watched(): { store: Store; live: Set<unknown> } {
  const live = new Set<unknown>()
  const store = intercept(new MemoryStore(), async ({ method, args }, run) => {
    const answer = await run()
    if (method === 'create' && answer === true) live.add(args[0])
    if (method === 'delete') live.delete(args[0])
    return answer
  })
  return { store, live }
}

interface Actor {
  readonly deed: Deed
  readonly gate: GatedStore
  readonly done: Promise<Answer>
}

interface Answer {
  readonly deed: Deed
  readonly cookie: string
  readonly outcome: string
  readonly error: string | undefined
}

function act(store: Store, deed: Deed): Actor {
  const gate = gatedStore(store)
  const sessions = bench('stored', { accept, store: gate }).make()
  return { deed, gate, done: answerOf(sessions, deed) }
}

async function answerOf(sessions: Sessions, deed: Deed): Promise<Answer> {
  const session = await sessions.load(request(OLD))
  DEEDS[deed](session)
  try {
    const sent = await sessions.save(session)
    return { deed, outcome: session.outcome, cookie: after('', sent), error: undefined }
  } catch (error) {
    if (!(error instanceof SessionError)) throw error
    return { deed, outcome: session.outcome, cookie: '', error: error.code }
  }
}

/** Only a write may fail, and then its caller knows; what is kept is told. */
function judgeAnswer({ deed, error, cookie }: Answer): void {
  if (error) expect([deed, error]).toEqual(['write', 'superseded'])
  else if (deed === 'write' || deed === 'login') expect(cookie).not.toBe('')
}

/** What may not be, whatever the order was. */
async function judge(store: Store, live: Set<unknown>, answers: readonly Answer[]): Promise<void> {
  const sessions = bench('stored', { accept, store }).make()
  const ends = answers.some(({ deed }) => deed === 'logout')
  const seen = await Promise.all(
    answers
      .filter(({ cookie }) => cookie)
      .map(async (answer) => ({ answer, ...(await turn(sessions, answer.cookie)) })),
  )
  const taken = seen.filter(({ session }) => session.outcome === 'loaded' && session.data.cart !== undefined)
  expect(taken.length, 'sessions with what the old one held').toBeLessThanOrEqual(ends ? 0 : 1)
  for (const { answer, session } of taken) if (answer.deed === 'write') expect(session.data.n).toBe(1)
  for (const answer of answers) judgeAnswer(answer)
  if (!ends) expect(answers.filter(({ cookie }) => cookie).length).toBeGreaterThan(0)
  // no record that nobody can open: one for each cookie that opens, and the mark
  const open = new Set(
    seen.filter(({ session }) => session.outcome === 'loaded').map(({ session }) => session.id),
  )
  expect(live.size).toBe(open.size + 1)
  const replay = await turn(sessions, OLD)
  expect(replay.session.outcome).toBe('superseded')
}

const ALL = Object.keys(DEEDS) as Deed[]
const pairs = ALL.flatMap((a, at) => ALL.slice(at).map((b) => [a, b] as const))

describe('requests with one old cookie at once', { timeout: 60_000 }, () => {
  test.each(pairs)('%s and %s: one takes it over, in every order', async (...deeds) => {
    const schedules = await everySchedule(async (choose) => {
      const { store, live } = watched()
      const actors = deeds.map((deed) => act(store, deed))
      await interleave(actors, choose)
      await judge(store, live, await Promise.all(actors.map(({ done }) => done)))
    })
    expect(schedules).toBeGreaterThan(5)
  })

  test('read, write and logout, in many orders', async () => {
    for (let seed = 0; seed < 500; seed++) {
      const { store, live } = watched()
      const actors = (['read', 'write', 'logout'] as const).map((deed) => act(store, deed))
      await interleave(actors, seededChoices(seed))
      await judge(store, live, await Promise.all(actors.map(({ done }) => done)))
    }
  })
})
