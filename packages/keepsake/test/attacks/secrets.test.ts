import { inspect } from 'node:util'
import { afterEach, expect, test, vi } from 'vitest'
import { webEngine } from '../../src/core/crypto.ts'
import { Key } from '../../src/core/key.ts'
import { type ManagerOptions, SessionError, SessionManager } from '../../src/index.ts'
import { mint, N, SECRETS, target, turn } from './kit.ts'

function refusal(options: object): SessionError {
  try {
    new SessionManager(options as ManagerOptions<object>)
  } catch (error) {
    if (error instanceof SessionError && error.code === 'config') return error
    throw error
  }
  throw new Error('accepted')
}

afterEach(() => void vi.restoreAllMocks())

test.each([
  undefined,
  null,
  '',
  0,
  {},
  [],
  [undefined],
  [SECRETS[0], ''],
])('T-K1 %j is no secret', (secrets) => {
  const error = refusal({ secrets })
  expect(error.message).toContain('npx keepsake secret')
  expect(inspect(error)).not.toContain(SECRETS[0])
})

test('T-K2 31 bytes are too few, and the message says so without them', () => {
  for (const secret of [SECRETS[0].slice(0, 31), new TextEncoder().encode(SECRETS[0].slice(0, 31))]) {
    const error = refusal({ secrets: secret })
    expect(error.message).toMatch(/31 bytes.*32/)
    expect(inspect(error)).not.toContain(SECRETS[0].slice(0, 8))
  }
})

test.each([
  'complex_password_at_least_32_characters_long',
  'keyboard cat keyboard cat keyboard cat',
  'a'.repeat(64),
])('T-K3 the text %j, which everybody knows or guesses, is refused', (secret) =>
  expect(refusal({ secrets: secret }).message).toContain('npx keepsake secret'))

test('T-K6 the same secret twice, also as text and bytes', () => {
  for (const twin of [SECRETS[0], new TextEncoder().encode(SECRETS[0])]) {
    expect(refusal({ secrets: [SECRETS[0], SECRETS[1], twin] }).message).toContain('secrets[2]')
  }
})

test.each([
  'sameSIte',
  'maxage',
  'secret',
  'ttl',
  'fallback',
  'allowTestKeys',
])('T-K8 option %s is refused', (name) => {
  expect(refusal({ secrets: SECRETS[0], [name]: true }).message).toContain(name)
})

test.each(['', 7, null, 'x'.repeat(1025)])('T-K10 audience %j is refused', (audience) => {
  expect(refusal({ secrets: SECRETS[0], audience }).message).toContain('audience')
})

test('T-K11 a secret that left the ring opens nothing any more', async () => {
  for (const backing of ['sealed', 'signed', 'stored'] as const) {
    const before = target(backing, { secrets: [SECRETS[1], SECRETS[0]] })
    const value = await mint(before)
    const after = target(backing, { secrets: SECRETS[0], store: before.store })
    expect(await turn(after, `${N}=${value}`)).toMatchObject({ outcome: 'unknown-key', data: {} })
  }
})

test('T-K14 no key that WebCrypto holds can be taken out again', async () => {
  const made: CryptoKey[] = []
  const real = crypto.subtle.importKey.bind(crypto.subtle) as (...args: unknown[]) => Promise<CryptoKey>
  const watched = async (...args: unknown[]): Promise<CryptoKey> => {
    const key = await real(...args)
    made.push(key)
    return key
  }
  vi.spyOn(crypto.subtle, 'importKey').mockImplementation(watched)
  const secrets = [new Key(new TextEncoder().encode(SECRETS[0]), webEngine)] as unknown as string[]
  for (const protection of ['encrypt', 'sign'] as const) {
    const sessions = new SessionManager({ secrets, protection })
    expect((await turn({ sessions } as never, `${N}=${await mint({ sessions } as never)}`)).data).toEqual({
      uid: 'u_1',
    })
  }
  expect(made.length).toBeGreaterThan(2)
  expect(made.every(({ extractable }) => !extractable)).toBe(true)
})
