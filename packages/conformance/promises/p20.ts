import { everywhere, on, promise, withSecrets, withTokens } from './cases.ts'
import { fails, ok, same } from './expect.ts'
import { begin } from './moves.ts'
import { SECRETS } from './world.ts'

const GOOD = SECRETS[0]

const BAD: Readonly<Record<string, unknown>> = {
  missing: undefined,
  null: null,
  empty: '',
  'an empty list': [],
  'a list with a gap': [GOOD, undefined],
  'a number': 12_345,
  'one character': 'x',
  '31 bytes': GOOD.slice(0, 31),
  '31 bytes of bytes': crypto.subtle ? Uint8Array.from({ length: 31 }, (_, i) => (i * 89) & 255) : '',
  'one repeated character': 'a'.repeat(64),
  'a repeated pair': 'ab'.repeat(32),
  'a repeated word': 'password1'.repeat(8),
  'zero bytes': new Uint8Array(32),
  'counting bytes': Uint8Array.from({ length: 32 }, (_, i) => i),
  'the alphabet': 'abcdefghijklmnopqrstuvwxyz0123456789',
  'keyboard cat': 'keyboard cat keyboard cat keyboard cat',
  'a placeholder': 'complex_password_at_least_32_characters_long',
  'change me': 'please-change-me-please-change-me-please!',
  'the key of the FastAPI tutorial': '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7',
  'a good one and a bad one': [GOOD, 'hunter22'],
  'the same twice': [GOOD, GOOD],
}

export const p20 = promise(20, 'weak secrets are refused', [
  ...Object.entries(BAD).map(([name, secrets]) =>
    everywhere(`${name}: refused at construction, with the command that makes a good one`, async (bench) => {
      const error = await fails('config', () => bench.make({ secrets: secrets as never }))
      ok(error.message.includes('npx keepsake secret'), `no command: ${error.message}`)
      for (const secret of [secrets].flat()) {
        if (typeof secret === 'string' && secret.length > 3)
          ok(!error.message.includes(secret), 'the message shows the secret')
      }
    }),
  ),
  everywhere('neither secrets nor store is refused, naming the command', async (bench) => {
    for (const options of [{}, undefined, null, { secrets: undefined }]) {
      const error = await fails('config', () => new bench.lib.SessionManager(options as never))
      ok(error.message.includes('npx keepsake secret'), error.message)
    }
  }),
  on(withTokens, 'a pair whose parts do not belong together seals nothing', async ({ lib, make }) => {
    for (const alg of ['ES256', 'EdDSA'] as const) {
      const [one, other] = [await lib.generateJwk(alg), await lib.generateJwk(alg)]
      const keys = { ...one, d: other.d as string }
      const sessions = make({ protection: lib.jwt({ keys, issuer: 'https://app.example' }) })
      const error = await fails('config', () => begin(sessions))
      ok(error.message.includes('generateJwk'), `no remedy: ${error.message}`)
      ok(!error.message.includes(keys.d), 'the message shows the key')
    }
  }),
  {
    ...everywhere('good ones are taken, as text and as bytes', async (bench) => {
      const bytes = crypto.getRandomValues(new Uint8Array(32))
      const texts = [
        GOOD,
        '8f14e45fceea167a5a36dedd4bea2543c9f0f895fb98ab9159f51fd0297e236d',
        'correct battery plays in the garden of 9 owls',
        bytes,
        [bytes, ...SECRETS],
      ]
      for (const secrets of texts) {
        const sessions = bench.make({ secrets: secrets as never })
        same(await sessions.unseal('invite', await sessions.seal('invite', 1, { ttl: '1m' })), 1)
      }
    }),
    on: withSecrets,
  },
])
