import { on, promise } from './cases.ts'
import { ok, same } from './expect.ts'
import { begin, bytesOf, carrying, NAME, textOf, tokenOf, turn } from './moves.ts'
import type { Bench } from './world.ts'

/** The secret inside a token: 32 bytes, before the MAC if there is one. */
function secretOf(bench: Bench, cookie: string): Uint8Array {
  const bytes = bytesOf(tokenOf(cookie))
  return bench.world.secrets ? bytes.slice(29, 61) : bytes.slice(25, 57)
}

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

export const p25 = promise(
  25,
  'what the store holds opens nothing',
  [
    on('stored', "no token's secret is ever written, in any spelling, rotations included", async (bench) => {
      const sessions = bench.make({ rotateEvery: '1h' })
      const tokens = [await begin(sessions)]
      const values: string[] = []
      for (let i = 0; i < 6; i++) {
        const cookie = tokens.at(-1) as string
        bench.clock.advance('61m')
        const next = await turn(sessions, cookie, (it) =>
          i === 2 ? it.login('ada') : i === 4 ? it.regenerate() : it.data,
        )
        tokens.push(next.cookie)
        values.push(...[...bench.store.written].flatMap(([id, { value, owner }]) => [id, value, owner ?? '']))
      }
      ok(new Set(tokens).size > 4, 'no rotation took place')
      for (const token of tokens) {
        const secret = secretOf(bench, token)
        for (const spelling of [hex(secret), textOf(secret), tokenOf(token), textOf(secret).slice(3, 30)]) {
          ok(!values.some((value) => value.includes(spelling)), 'a secret was written')
        }
      }
    }),
    on('stored', 'neither ids nor anything in the records opens a session', async (bench) => {
      const sessions = bench.make()
      const cookie = await begin(sessions, (it) => it.login('ada'))
      const [id = '', { value = '', owner = '' } = {}] = [...bench.store.written][0] ?? []
      ok(id && value && owner, 'nothing was written')
      const words = [id, owner, value, ...value.split(/[^\w-]+/).filter((word) => word.length > 10)]
      for (const word of words) {
        if (/[^\x21-\x7e]|[;,"\\]/.test(word)) continue
        same((await turn(sessions, carrying(word))).session.isNew, true, word)
      }
      same((await turn(sessions, cookie)).session.owner, 'ada')
    }),
    on('stored', 'a token put together from what the store holds opens nothing', async (bench) => {
      const sessions = bench.make()
      const cookie = await begin(sessions)
      const { value = '' } = [...bench.store.written.values()][0] ?? {}
      const [verifier] = /"verifier":"([\w-]{43})"/.exec(value)?.slice(1) ?? []
      ok(verifier, 'no verifier found')
      const bytes = bytesOf(tokenOf(cookie))
      bytes.set(bytesOf(verifier as string), bench.world.secrets ? 29 : 25)
      same((await turn(sessions, carrying(textOf(bytes)))).session.isNew, true)
    }),
    on('stored', 'owners stand in the index as hashes', async (bench) => {
      const sessions = bench.make()
      await begin(sessions, (it) => it.login('ada@example.test'))
      const owners = [...bench.store.written.values()].map(({ owner }) => owner)
      same(owners.length, 1)
      ok(owners[0] && !owners[0].includes('ada') && owners[0].length >= 43, `index entry ${owners[0]}`)
    }),
    on('stored', 'the id of a session is public: it is not its token', async (bench) => {
      const sessions = bench.make()
      const { cookie, session } = await turn(sessions, null, (it) => {
        it.data.n = 1
      })
      same((await turn(sessions, `${NAME}=${session.id}`)).session.isNew, true)
      same(bench.store.written.has(session.id), true)
      same((await turn(sessions, cookie)).session.id, session.id)
    }),
  ],
  (world) => (world.backing === 'sealed' ? 'nothing is stored' : undefined),
)
