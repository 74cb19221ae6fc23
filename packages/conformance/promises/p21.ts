import { on, promise, signedTokens, withSecrets, withTokens } from './cases.ts'
import { ok, same } from './expect.ts'
import { begin, bytesOf, tokenOf, turn } from './moves.ts'
import { SECRETS } from './world.ts'

const [OLD, NEW, LAST] = SECRETS

export const p21 = promise(
  21,
  'key rotation logs nobody out',
  [
    on(withSecrets, 'a new secret goes second, then first, then the old one leaves', async (bench) => {
      const fleets = [[OLD], [OLD, NEW], [NEW, OLD], [NEW]].map((secrets) => bench.make({ secrets }))
      let cookie = await begin(fleets[0] as never)
      for (const [step, sessions] of fleets.entries()) {
        const turned = await turn(sessions, cookie, (session) => {
          same([session.outcome, session.data], ['loaded', { n: 1 }], `step ${step}`)
          if (step === 2) session.login('ada')
        })
        cookie = turned.cookie
      }
    }),
    on(
      withSecrets,
      'on a rolling fleet old and new processes open what the other one made',
      async (bench) => {
        for (const [a, b] of [
          [[OLD], [OLD, NEW]],
          [
            [OLD, NEW],
            [NEW, OLD],
          ],
          [[NEW, OLD], [NEW]],
        ] as const) {
          const [before, after] = [bench.make({ secrets: a }), bench.make({ secrets: b })]
          const made = [await begin(after), ...(b.length === 2 ? [await begin(before)] : [])]
          for (const cookie of made) {
            for (const sessions of [before, after])
              same((await turn(sessions, cookie)).session.outcome, 'loaded')
          }
        }
      },
    ),
    on('sealed', 'the next write seals with the first secret', async (bench) => {
      const cookie = await begin(bench.make({ secrets: OLD }))
      const next = await turn(bench.make({ secrets: [NEW, OLD] }), cookie, (session) => {
        session.data.n = 2
      })
      same((await turn(bench.make({ secrets: NEW }), next.cookie)).session.data, { n: 2 })
      same((await turn(bench.make({ secrets: OLD }), next.cookie)).session.outcome, 'unknown-key')
    }),
    on(signedTokens, 'rotation and login sign the token with the first secret', async (bench) => {
      const both = bench.make({ secrets: [NEW, OLD], rotateEvery: '1h' })
      for (const how of ['rotation', 'login'] as const) {
        const cookie = await begin(bench.make({ secrets: OLD }))
        bench.clock.advance('2h')
        const next = await turn(both, cookie, (session) =>
          how === 'login' ? session.login('ada') : session.data,
        )
        same(next.sent.length, 1, how)
        same((await turn(bench.make({ secrets: NEW }), next.cookie)).session.outcome, 'loaded', how)
      }
    }),
    on(
      signedTokens,
      'a rotation that began under the old secret is finished under the new one',
      async (bench) => {
        const old = bench.make({ secrets: OLD, rotateEvery: '1h' })
        const cookie = await begin(old)
        bench.clock.advance('2h')
        await turn(old, cookie)
        const next = await turn(bench.make({ secrets: [NEW, OLD], rotateEvery: '1h' }), cookie)
        same(next.sent.length, 1)
        same((await turn(bench.make({ secrets: [NEW, OLD] }), next.cookie)).session.outcome, 'loaded')
      },
    ),
    on(
      withSecrets,
      'an unknown key id is reported as such, and the cookie is left in place',
      async (bench) => {
        const cookie = await begin(bench.make({ secrets: OLD }))
        const sessions = bench.make({ secrets: [NEW, LAST] })
        bench.store.forget()
        const { session, sent } = await turn(sessions, cookie)
        same([session.outcome, sent], ['unknown-key', []])
        same(bench.store.calls, [], 'a foreign token reached the store')
        const [event] = bench.events as readonly { type: string; keyId?: string }[]
        same(event?.type, 'unknown-key')
      },
    ),
    on(withSecrets, 'one-off tokens open with old keys too', async (bench) => {
      const token = await bench.make({ secrets: OLD }).seal('invite', { to: 'ada' }, { ttl: '1h' })
      same(await bench.make({ secrets: [NEW, OLD] }).unseal('invite', token), { to: 'ada' })
      same(await bench.make({ secrets: NEW }).unseal('invite', token), undefined)
    }),
    on(withTokens, 'keys of every algorithm hand over to the next', async ({ lib, make }) => {
      const issuer = 'https://app.example'
      for (const [old, next] of [
        ['HS256', 'HS256'],
        ['ES256', 'EdDSA'],
        ['EdDSA', 'ES256'],
        ['dir', 'A256KW'],
        ['A256KW', 'dir'],
      ] as const) {
        const [one, other] = [await lib.generateJwk(old), await lib.generateJwk(next)]
        const fleets = [[one], [one, other], [other, one], [other]].map((keys) =>
          make({ protection: lib.jwt({ keys, issuer }) }),
        )
        let cookie = await begin(fleets[0] as never)
        for (const [step, sessions] of fleets.entries()) {
          const turned = await turn(sessions, cookie, ({ data }) => {
            same(data.n, step + 1, `${old} to ${next}, step ${step}`)
            data.n = step + 2
          })
          cookie = turned.cookie
        }
      }
    }),
    on(withTokens, 'the published keys are public, and verify', async ({ lib, make }) => {
      const kinds = {
        ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
        EdDSA: { name: 'Ed25519' },
      } as const
      for (const alg of ['ES256', 'EdDSA'] as const) {
        const key = await lib.generateJwk(alg)
        const protection = lib.jwt({ keys: key, issuer: 'https://app.example' })
        const [published] = protection.jwks().keys
        ok(!JSON.stringify(published).includes(key.d as string), 'the private part is published')
        const [header, claims, signature = ''] = tokenOf(await begin(make({ protection }))).split('.')
        const { kty, crv, x, y } = published as { readonly [member: string]: string | undefined }
        const jwk = { kty, crv, x, ...(y !== undefined && { y }) } as JsonWebKey
        const verifying = await crypto.subtle.importKey('jwk', jwk, kinds[alg], false, ['verify'])
        const signed = new TextEncoder().encode(`${header}.${claims}`)
        ok(
          await crypto.subtle.verify(kinds[alg], verifying, new Uint8Array(bytesOf(signature)), signed),
          `${alg} does not verify`,
        )
      }
    }),
    on(withSecrets, 'the order of the old ones does not matter', async (bench) => {
      const cookie = await begin(bench.make({ secrets: OLD }))
      for (const secrets of [
        [NEW, LAST, OLD],
        [NEW, OLD, LAST],
      ]) {
        const { session } = await turn(bench.make({ secrets }), cookie)
        ok(session.outcome === 'loaded', `outcome ${session.outcome}`)
      }
    }),
  ],
  (world) => (world.secrets ? undefined : 'without secrets there are no keys'),
)
