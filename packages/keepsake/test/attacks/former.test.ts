import { describe, expect, test } from 'vitest'
import { backings, mint, N, request, target } from './kit.ts'

describe.each(backings)('%s', (backing) => {
  test('T-F3 what came under a former cookie that others can plant does not survive a login', async () => {
    const former = target(backing, { cookie: { name: 'sid' } })
    const session = await former.sessions.load(request(null))
    session.data.planted = true
    const [line = ''] = await former.sessions.save(session)
    const on = target(backing, { cookie: { previous: [{ name: 'sid' }] }, store: former.store })
    const victim = await on.sessions.load(request(line.split(';', 1)[0] ?? ''))
    expect(victim.data.planted).toBe(true)
    victim.login('ada')
    expect({ ...victim.data }).toEqual({})
  })

  test('T-F3 what came under a host-bound cookie does', async () => {
    const on = target(backing)
    const visitor = await on.sessions.load(request(`${N}=${await mint(on)}`))
    visitor.login('ada')
    expect({ ...visitor.data }).toEqual({ uid: 'u_1' })
  })

  test('T-A2 a response whose body somebody else reads is refused before anything is stored', async () => {
    const on = target(backing)
    const running = on.sessions.run(request(null), (session) => {
      session.data.n = 1
      const response = new Response('page')
      response.body?.getReader()
      return response
    })
    await expect(running).rejects.toMatchObject({ code: 'response' })
    expect(on.calls).toEqual([])
  })
})
