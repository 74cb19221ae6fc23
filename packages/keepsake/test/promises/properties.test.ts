import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bare, begin, loaded, turn } from '../../../conformance/promises/moves.ts'
import { type Bench, open, type Sessions } from '../../../conformance/promises/world.ts'
import { settings } from './worlds.ts'

type Data = Record<string, unknown>

const all = await settings()

const key = fc.string({ unit: 'binary', maxLength: 8 }).filter((name) => name !== '__proto__')
const leaf = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.boolean(),
  fc.constant(null),
  // JSON has one zero
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
  fc.integer(),
)

/** What a session can keep, and is small enough for a cookie. */
const { value: json } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}))
const data = fc.dictionary(key, json, { maxKeys: 5, noNullPrototype: true })

const refused: fc.Arbitrary<unknown> = fc.oneof(
  fc.date(),
  fc.bigInt(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.func(fc.anything()),
  fc.uint8Array(),
  fc.constant(Symbol('s')),
  fc.array(fc.tuple(fc.string(), fc.string())).map((entries) => new Map(entries)),
  fc.array(fc.string()).map((members) => new Set(members)),
  fc.string().map((message) => new Error(message)),
  fc.string().map((text) => Object(text) as unknown),
)

/** A way down into an object: keys and indices, as a message would name it. */
const way = fc.array(fc.oneof(fc.constantFrom('a', 'b', 'total'), fc.nat({ max: 3 })), { maxLength: 6 })

function wrapped(steps: readonly (string | number)[], value: unknown): unknown {
  return steps.reduceRight<unknown>(
    (inner, step) =>
      typeof step === 'number' ? [...Array(step).fill(0), inner] : { other: 1, [step]: inner },
    value,
  )
}

const named = (steps: readonly (string | number)[]): string =>
  steps.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('')

const write = (value: Data) => (session: { data: Data }) => {
  session.data = structuredClone(value)
}

const fits = (value: unknown): boolean => JSON.stringify(value).length < 1_500

describe.each(all)('$world.name', ({ world, lib }) => {
  const bench = (): Promise<Bench> => open(world, lib)

  test('P4 P5 whatever JSON can carry comes back as it was', async () => {
    const sessions = (await bench()).make()
    await fc.assert(
      fc.asyncProperty(data.filter(fits), async (value) => {
        const cookie = await begin(sessions, (session) => {
          session.data = { ...structuredClone(value), always: 1 }
        })
        const { session } = await turn(sessions, cookie)
        expect({ ...session.data }).toStrictEqual({ ...value, always: 1 })
      }),
      { numRuns: 60 },
    )
  })

  test('P4 any change is noticed, and no change is none', async () => {
    const { make, store } = await bench()
    const sessions = make()
    await fc.assert(
      fc.asyncProperty(data.filter(fits), data.filter(fits), async (before, after) => {
        const cookie = await begin(sessions, write({ ...before, always: 1 }))
        store.forget()
        const { sent, cookie: next } = await turn(sessions, cookie, write({ ...after, always: 1 }))
        const wrote = sent.length + store.count('update')
        expect(wrote > 0).toBe(
          JSON.stringify({ ...before, always: 1 }) !== JSON.stringify({ ...after, always: 1 }),
        )
        expect({ ...(await turn(sessions, next)).session.data }).toStrictEqual({ ...after, always: 1 })
      }),
      { numRuns: 60 },
    )
  })

  test("P5 whatever can't be kept is refused by its path, at any depth, and nothing is saved", async () => {
    const sessions = (await bench()).make()
    const cookie = await begin(sessions)
    await fc.assert(
      fc.asyncProperty(refused, way, async (value, steps) => {
        const saving = turn(sessions, cookie, (session) => {
          session.data.root = wrapped(steps, value)
        })
        const path = `data.root${named(steps)}`
        await expect(saving).rejects.toMatchObject({ code: 'invalid_data', path })
        expect({ ...(await turn(sessions, cookie)).session.data }).toStrictEqual({ n: 1 })
      }),
      { numRuns: 60 },
    )
  })
})

/** What two requests that began with the same data leave behind, key by key; the second one saved later. */
function merged(base: Data, first: Data, second: Data): Data {
  const result: Data = {}
  for (const name of new Set([...Object.keys(base), ...Object.keys(first), ...Object.keys(second)])) {
    const changed = JSON.stringify(base[name]) !== JSON.stringify(second[name])
    const value = changed ? second[name] : first[name]
    if (value !== undefined) result[name] = value
  }
  return result
}

describe.each(all.filter(({ world }) => world.backing === 'stored'))('$world.name', ({ world, lib }) => {
  const few = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.oneof(fc.nat({ max: 2 }), json), {
    maxKeys: 4,
    noNullPrototype: true,
  })

  test('P7 two concurrent requests merge key by key, the later save winning what both changed', async () => {
    const sessions: Sessions = (await open(world, lib)).make()
    await fc.assert(
      fc.asyncProperty(few, few, few, async (base, first, second) => {
        const always = { always: 1 }
        const cookie = bare(await begin(sessions, write({ ...base, ...always })))
        const [a, b] = [await loaded(sessions, cookie), await loaded(sessions, cookie)]
        write({ ...first, ...always })(a)
        write({ ...second, ...always })(b)
        await sessions.save(a)
        await sessions.save(b)
        const { session } = await turn(sessions, cookie)
        expect({ ...session.data }).toStrictEqual({ ...merged(base, first, second), ...always })
      }),
      { numRuns: 120 },
    )
  })
})
