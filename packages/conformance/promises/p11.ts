import { everywhere, on, promise } from './cases.ts'
import { ok, same } from './expect.ts'
import { bare, begin, bytesOf, carrying, tampered, textOf, tokenOf, turn } from './moves.ts'
import { SECRETS } from './world.ts'

export const p11 = promise(11, "what this app didn't make is never adopted", [
  everywhere('a forged cookie lends its id to nobody, written or not', async (bench) => {
    const sessions = bench.make()
    const { cookie, session } = await turn(sessions, null, (it) => {
      it.data.n = 1
    })
    for (const forged of [tampered(tokenOf(cookie)), session.id, `${session.id}.x`]) {
      const next = await turn(sessions, carrying(forged), (it) => {
        same([it.isNew, it.data], [true, {}])
        it.data.n = 2
      })
      ok(next.session.id !== session.id, 'the id was adopted')
      ok(!next.sent.some((line) => line.includes(forged)), 'the value was adopted')
    }
    same((await turn(sessions, cookie)).session.data, { n: 1 })
  }),
  on('stored', 'a well-formed token with an id of the attacker’s choice is not adopted', async (bench) => {
    const sessions = bench.make()
    const bytes = bytesOf(tokenOf(await begin(sessions)))
    const at = bench.world.secrets ? 5 : 1
    bytes.fill(7, at, at + 16)
    const chosen = textOf(bytes.slice(at, at + 16))
    const next = await turn(sessions, carrying(textOf(bytes)), (it) => {
      same(it.isNew, true)
      it.login('ada')
    })
    ok(next.session.id !== chosen, 'the id was adopted')
    same(await bench.store.peek(chosen), null)
  }),
  on('stored', 'a genuine token whose record is gone is not revived', async (bench) => {
    const sessions = bench.make()
    const { cookie, session } = await turn(sessions, null, (it) => {
      it.data.n = 1
    })
    await turn(sessions, cookie, (it) => it.destroy())
    const next = await turn(sessions, bare(cookie), (it) => {
      it.data.n = 2
    })
    ok(next.session.id !== session.id, 'the id came back')
    same(await bench.store.peek(session.id), null)
    ok(tokenOf(next.cookie) !== tokenOf(cookie), 'the token came back')
  }),
  everywhere('nor is an expired one', async (bench) => {
    const sessions = bench.make({ lifetime: '1h', idleTimeout: '1h' })
    const { cookie, session } = await turn(sessions, null, (it) => {
      it.data.n = 1
    })
    bench.clock.advance('2h')
    const next = await turn(sessions, cookie, (it) => {
      it.data.n = 2
    })
    ok(next.session.id !== session.id, 'the id came back')
  }),
  everywhere("another app's cookie is not adopted", async (bench) => {
    const theirs = bench.make({ audience: 'theirs', ...(bench.world.secrets && { secrets: SECRETS[1] }) })
    const { cookie, session } = await turn(theirs, null, (it) => it.login('root'))
    const mine = await turn(bench.make(), cookie, (it) => {
      same([it.isNew, it.owner, it.data], [true, undefined, {}])
      it.data.n = 1
    })
    ok(mine.session.id !== session.id, 'the id was adopted')
  }),
  everywhere('every session gets an id of its own', async (bench) => {
    const sessions = bench.make()
    const ids = new Set<string>()
    for (let i = 0; i < 50; i++)
      ids.add(
        (
          await turn(sessions, null, (it) => {
            it.data.n = 1
          })
        ).session.id,
      )
    same(ids.size, 50)
    ok(
      [...ids].every((id) => /^[\w-]{22}$/.test(id)),
      'ids are 128 bits as base64url',
    )
  }),
])
