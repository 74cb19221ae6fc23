import { describe, expect, test } from 'vitest'
import { type Duration, SessionManager } from '../../src/index.ts'
import { backings, N, request, SECRETS, target, turn } from './kit.ts'

const write = (session: { data: Record<string, unknown> }): void => {
  session.data.uid = 'u_1'
}

describe.each(backings)('%s', (backing) => {
  test('T-S1 one cookie with exactly the attributes that bind it', async () => {
    const { sent } = await turn(target(backing, { persistent: false }), null, write)
    expect(sent).toHaveLength(1)
    const [, ...attributes] = sent[0]?.split('; ') ?? []
    expect(attributes).toEqual(['Path=/', 'Secure', 'HttpOnly', 'SameSite=Lax'])
  })

  test('T-S2 its age is whole seconds, and not beyond the limit', async () => {
    const { sent } = await turn(target(backing, { lifetime: '400d', idleTimeout: 86_400 }), null, write)
    const age = / Max-Age=([1-9]\d*);/.exec(sent[0] ?? '')?.[1]
    expect(Number(age)).toBe(backing === 'stored' ? 34_560_000 : 86_400)
  })

  test('T-S16 whatever one request does, one cookie of our name leaves', async () => {
    const on = target(backing)
    const { pair } = await turn(on, null, write)
    const { sent } = await turn(on, pair, (session) => {
      session.data.a = 1
      session.data.b = 2
      session.regenerate()
      session.destroy()
    })
    expect(sent.filter((line) => line.startsWith(`${N}=`))).toEqual([
      `${N}=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax`,
    ])
  })

  test('T-S17 a cookie of our name by the handler is replaced, its others stay in order', async () => {
    const { sessions } = target(backing)
    const response = await sessions.run(request(null), (session) => {
      write(session)
      const headers = [
        ['a', '1'],
        [N, 'x'],
        ['b', '2'],
      ].map(([name, value]) => ['set-cookie', `${name}=${value}`])
      return new Response(null, { headers: headers as [string, string][] })
    })
    const sent = response.headers.getSetCookie()
    expect(sent.map((line) => line.split('=', 1)[0])).toEqual(['a', 'b', N])
    expect(sent[2]).not.toContain(`${N}=x`)
  })

  test('T-S18 dates in others’ cookies stay whole', async () => {
    const { sessions } = target(backing)
    const lines = ['a=1; Expires=Wed, 21 Oct 2099 07:28:00 GMT', 'b=2; Expires=Thu, 22 Oct 2099 07:28:00 GMT']
    const response = await sessions.run(request(null), (session) => {
      write(session)
      return new Response(null, { headers: lines.map((line): [string, string] => ['set-cookie', line]) })
    })
    expect(response.headers.getSetCookie().slice(0, 2)).toEqual(lines)
  })
})

test.each([
  34_560_001,
  Number.POSITIVE_INFINITY,
  Number.NaN,
  '3600',
  -1,
  0,
  0.0015,
  '1.5h',
])('T-S4 a lifetime of %j is refused', (lifetime) => {
  const make = () => new SessionManager({ secrets: SECRETS[0], lifetime: lifetime as Duration })
  expect(make).toThrow(expect.objectContaining({ code: 'config' }))
})

test('T-S19 a session too large for the cookie leaves the former cookie alone', async () => {
  const on = target('sealed')
  const { pair } = await turn(on, null, write)
  const session = await on.sessions.load(request(pair))
  session.data.much = 'x'.repeat(4096)
  await expect(on.sessions.save(session)).rejects.toMatchObject({
    code: 'too_large',
    limit: 4096,
    cookies: [],
  })
  expect(await turn(on, pair)).toMatchObject({ data: { uid: 'u_1' } })
})

test('T-S21 over plain http elsewhere no cookie without Secure is written', async () => {
  const { sessions, events } = target('sealed')
  const session = await sessions.load(request(null, { host: 'app.example' }, 'http://app.example/'))
  write(session)
  expect((await sessions.save(session))[0]).toMatch(/^__Host-Http-session=.*; Secure/)
  expect(events).toMatchObject([{ type: 'insecure-request', from: 'app.example' }])
})
