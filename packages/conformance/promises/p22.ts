import { everywhere, on, promise, withSecrets } from './cases.ts'
import { fails, same } from './expect.ts'
import { begin, carrying, NAME, request, tokenOf, turn } from './moves.ts'
import { SECRETS } from './world.ts'

export const p22 = promise(22, 'a seal or token opens nowhere else', [
  everywhere('not under another cookie name', async (bench) => {
    const value = tokenOf(await begin(bench.make()))
    for (const name of ['sid', '__Host-session', 'session', '__Secure-session', `${NAME}2`]) {
      const sessions = bench.make({ cookie: { name } })
      const { session } = await turn(sessions, carrying(value, name))
      same([session.isNew, session.data], [true, {}], name)
    }
  }),
  everywhere('not on this machine without its prefix, nor the reverse', async (bench) => {
    const sessions = bench.make()
    const value = tokenOf(await begin(sessions))
    const local = await sessions.load(request(carrying(value, 'session'), { url: 'http://localhost/' }))
    same(local.isNew, true)
    const made = await sessions.load(request(null, { url: 'http://localhost/' }))
    made.data.n = 1
    const [line] = await sessions.save(made)
    const planted = (line ?? '').split(';', 1)[0]?.slice('session='.length) ?? ''
    same((await turn(sessions, carrying(planted))).session.isNew, true)
  }),
  everywhere(
    'not for another audience: two managers on one store do not take each other’s',
    async (bench) => {
      const audiences = [undefined, 'a', 'b', 'ab'].map((audience) =>
        bench.make(audience === undefined ? {} : { audience }),
      )
      for (const [i, maker] of audiences.entries()) {
        const cookie = await begin(maker)
        for (const [j, taker] of audiences.entries()) {
          same((await turn(taker, cookie)).session.isNew, i !== j, `${i} at ${j}`)
        }
      }
    },
  ),
  on('stored', 'nor do their owners meet', async (bench) => {
    const [a, b] = [bench.make({ audience: 'a' }), bench.make({ audience: 'b' })]
    const { cookie } = await turn(a, null, (session) => session.login('ada'))
    same(await b.list('ada'), [])
    same(await b.revokeAll('ada'), 0)
    same([(await a.list('ada')).length, (await turn(a, cookie)).session.owner], [1, 'ada'])
  }),
  everywhere('an audience that is no text, or none to speak of, is refused', async (bench) => {
    for (const audience of ['', 'x'.repeat(1_025), 7, null, {}]) {
      await fails('config', () => bench.make({ audience: audience as never }))
    }
    await begin(bench.make({ audience: 'x'.repeat(1_024) }))
  }),
  everywhere('name and audience do not run together', async (bench) => {
    const value = tokenOf(await begin(bench.make({ cookie: { name: 'ab' }, audience: 'c' })), 'ab')
    const { session } = await turn(
      bench.make({ cookie: { name: 'a' }, audience: 'bc' }),
      carrying(value, 'a'),
    )
    same(session.isNew, true)
  }),
  on(withSecrets, 'a one-off token opens for its purpose alone, and never as a session', async (bench) => {
    const sessions = bench.make()
    const token = await sessions.seal('invite', { n: 1 }, { ttl: '1h' })
    same(await sessions.unseal('invite', token), { n: 1 })
    for (const purpose of ['reset', 'invit', 'invite2', 'token:invite', 'session', ''])
      same(await sessions.unseal(purpose, token), undefined, purpose)
    same((await turn(sessions, carrying(token))).session.isNew, true)
    same(await bench.make({ audience: 'other' }).unseal('invite', token), undefined)
  }),
  on(withSecrets, 'and a session never as a one-off token', async (bench) => {
    const sessions = bench.make()
    const value = tokenOf(await begin(sessions))
    for (const purpose of ['session', 'invite', '', 'keepsake/seal'])
      same(await sessions.unseal(purpose, value), undefined, purpose)
  }),
  on(withSecrets, 'what is kept for a login provider is neither session nor token', async (bench) => {
    const sessions = bench.make()
    const login = sessions.transient<string>('login')
    const pair = (await login.set('state')).split(';', 1)[0] ?? ''
    same(await login.get(request(pair)), 'state')
    const value = pair.slice(pair.indexOf('=') + 1)
    same((await turn(sessions, carrying(value))).session.isNew, true)
    same(await sessions.unseal('login', value), undefined)
    same(await sessions.transient('other').get(request(`__Host-Http-transient-other=${value}`)), undefined)
  }),
  on(withSecrets, 'formats do not open each other: encrypted, signed, stored', async (bench) => {
    const secrets = SECRETS[0]
    const { store } = bench
    const formats = [{ secrets }, { secrets, protection: 'sign' }, { secrets, store }, { store }] as const
    const clock = bench.clock.now
    const managers = formats.map(
      (options) => new bench.lib.SessionManager({ ...options, clock, onEvent: () => {} }),
    )
    for (const [i, maker] of managers.entries()) {
      const cookie = await begin(maker)
      for (const [j, taker] of managers.entries()) {
        same((await turn(taker, cookie)).session.isNew, i !== j, `${i} at ${j}`)
      }
    }
  }),
])
