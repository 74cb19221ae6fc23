import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { randomBytes } from '../../src/core/bytes.ts'
import { KeyRing } from '../../src/core/keys.ts'
import {
  confirm,
  freshLine,
  handOut,
  type Line,
  nextGeneration,
  propose,
  rotationDue,
  standing,
} from '../../src/core/line.ts'
import { mintId, type Realm, type Token, verifierOf } from '../../src/core/token.ts'
import { SECRETS } from './kit.ts'

fc.configureGlobal({ seed: 1 })

const GRACE = 30_000
const signed: Realm = { ring: new KeyRing(SECRETS[0]), name: 'sid', audience: '' }
const plain: Realm = { ring: undefined, name: 'sid', audience: '' }

async function begun(realm: Realm): Promise<{ line: Line; token: Token; verifier: string }> {
  await realm.ring?.ready()
  const token = { id: mintId(), generation: 0, issuedAt: 0, secret: randomBytes(32) }
  const verifier = await verifierOf(realm, token)
  return { line: freshLine(verifier, 0, 0), token, verifier }
}

const told = async (realm: Realm, line: Line, token: Token): Promise<Token> => {
  const next = await handOut(realm, line, token)
  if (!next) throw new Error('Nothing was handed out.')
  return next
}

describe.each([
  ['with a ring', signed, true],
  ['without a ring', plain, false],
] as const)('%s', (_, realm, authentic) => {
  const how = async (line: Line, token: Token, now = 0) =>
    standing(line, token, await verifierOf(realm, token), authentic, now)

  test('the secret it began with is the current one', async () => {
    const { line, token } = await begun(realm)
    expect(await how(line, token)).toBe('current')
  })

  test('a proposal changes nothing for whoever holds the current one', async () => {
    const { line, token } = await begun(realm)
    const proposed = await propose(realm, line, token, 1_000)
    expect(await how(proposed, token)).toBe('current')
    expect(proposed).toMatchObject({ verifier: line.verifier, generation: 0, base: 0, since: 0 })
    expect(line.pending).toBeUndefined()
  })

  test('all who present the current one are handed the same next one', async () => {
    const { line, token } = await begun(realm)
    const proposed = await propose(realm, line, token, 5_000)
    const [one, two] = [await told(realm, proposed, token), await told(realm, proposed, token)]
    expect(one).toEqual(two)
    expect(one).toMatchObject({ id: token.id, generation: 1, issuedAt: 5_000 })
    expect(one.secret).not.toEqual(token.secret)
    expect(await how(proposed, one)).toBe('pending')
  })

  test('whoever holds another secret is handed one that opens nothing', async () => {
    const { line, token } = await begun(realm)
    const proposed = await propose(realm, line, token, 0)
    const guess = await told(realm, proposed, { ...token, secret: randomBytes(32) })
    expect(await how(proposed, guess)).not.toBe('pending')
  })

  test('two proposals of one secret are two secrets', async () => {
    const { line, token } = await begun(realm)
    const [one, two] = [await propose(realm, line, token, 0), await propose(realm, line, token, 0)]
    expect(one.pending?.verifier).not.toBe(two.pending?.verifier)
    expect((await told(realm, one, token)).secret).not.toEqual((await told(realm, two, token)).secret)
  })

  test('confirmed, the next one is current, and the former good until the grace ends', async () => {
    const { line, token } = await begun(realm)
    const proposed = await propose(realm, line, token, 0)
    const next = await told(realm, proposed, token)
    const confirmed = confirm(proposed, 1_000, GRACE)
    expect(confirmed).toMatchObject({ generation: 1, base: 0, since: 1_000 })
    expect(await how(confirmed, next, 1_000)).toBe('current')
    expect(await how(confirmed, token, 1_000 + GRACE - 1)).toBe('former')
    expect(await how(confirmed, token, 1_000 + GRACE)).toBe('reused')
  })

  test('nothing pending: nothing to confirm, nothing to hand out', async () => {
    const { line, token } = await begun(realm)
    expect(confirm(line, 1, GRACE)).toBe(line)
    expect(handOut(realm, line, token)).toBeUndefined()
  })

  test('after a login everything older is superseded or unknown, never theft', async () => {
    const { line, token } = await begun(realm)
    const proposed = await propose(realm, line, token, 0)
    const pending = await told(realm, proposed, token)
    for (const [before, handedOut] of [
      [line, [token]],
      [proposed, [token, pending]],
      [confirm(proposed, 0, GRACE), [token, pending]],
    ] as const) {
      const after = freshLine('another', nextGeneration(before), 1)
      for (const old of handedOut) {
        expect(await how(after, old, 1)).toBe(authentic ? 'superseded' : 'unknown')
      }
    }
  })
})

describe('generations', () => {
  const line = (more: Partial<Line> = {}): Line => ({
    verifier: 'v',
    generation: 5,
    base: 3,
    since: 0,
    ...more,
  })
  const of = (generation: number, authentic: boolean): string =>
    standing(line(), { generation } as Token, 'other', authentic, 0)

  test('of a token that opens nothing they say why, where its MAC was checked', () => {
    expect([2, 3, 4, 5, 6].map((generation) => of(generation, true))).toEqual([
      'superseded',
      'reused',
      'reused',
      'unknown',
      'ahead',
    ])
  })

  test('and nothing, where anybody can have made them up', () => {
    expect([0, 2, 4, 5, 6, 2 ** 32 - 1].map((generation) => of(generation, false))).toEqual(
      Array(6).fill('unknown'),
    )
  })

  test('a login’s is above whatever was handed out', () => {
    expect(nextGeneration(line())).toBe(6)
    expect(nextGeneration(line({ pending: { salt: '', verifier: '', at: 0 } }))).toBe(7)
  })
})

describe('when a next secret is due', () => {
  const since = 1_000_000
  const line: Line = { verifier: 'v', generation: 0, base: 0, since }

  test('never without rotateEvery', () => {
    expect(rotationDue(line, Number.MAX_SAFE_INTEGER, undefined)).toBe(false)
  })

  test('from rotateEvery after the current one took over', () => {
    expect([9_999, 10_000].map((after) => rotationDue(line, since + after, 10_000))).toEqual([false, true])
  })

  test('not while one is pending', () => {
    const pending = { salt: '', verifier: '', at: since }
    expect(rotationDue({ ...line, pending }, since + 20_000, 10_000)).toBe(false)
  })

  test('not while a former one still opens', () => {
    const former = { verifier: 'f', until: since + 15_000 }
    const due = (after: number) => rotationDue({ ...line, former }, since + after, 10_000)
    expect([14_999, 15_000].map(due)).toEqual([false, true])
  })
})

test('a pending secret whose key has left the ring is not handed out', async () => {
  const both: Realm = { ...signed, ring: new KeyRing([SECRETS[1], SECRETS[0]]) }
  await both.ring?.ready()
  const { line, token } = await begun(signed)
  const proposed = await propose(both, line, token, 0)
  expect(await handOut(both, proposed, token)).toBeDefined()
  expect(handOut(signed, proposed, token)).toBeUndefined()
  expect(
    handOut(signed, { ...proposed, pending: { salt: 'x', verifier: 'x', at: 0 } }, token),
  ).toBeUndefined()
})

interface Run {
  readonly line: Line
  /** Every secret that was shown, the last one last. */
  readonly shown: readonly Token[]
}

/** One more request: it is handed the next secret, and comes back with it or never does. */
async function rotated({ line, shown }: Run, now: number, comesBack: boolean): Promise<Run> {
  const token = shown.at(-1) as Token
  const proposed: Line = line.pending ? line : await propose(signed, line, token, now)
  const next = await told(signed, proposed, token)
  return comesBack ? { line: confirm(proposed, now, 0), shown: [...shown, next] } : { line: proposed, shown }
}

test('in any run of rotations and lost responses the last secret shown is the one that counts', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 12 }), async (answers) => {
      const { line, token } = await begun(signed)
      let run: Run = { line, shown: [token] }
      for (const [now, comesBack] of answers.entries()) run = await rotated(run, now, comesBack)
      const stands = await Promise.all(
        run.shown.map(async (it) =>
          standing(run.line, it, await verifierOf(signed, it), true, answers.length),
        ),
      )
      expect(stands.pop()).toBe('current')
      expect(stands).toEqual(stands.map(() => 'reused'))
    }),
    { numRuns: 40 },
  )
})
