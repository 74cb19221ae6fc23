import { describe, expect, test } from 'vitest'
import { because, DEV, NAME, pair, site, write } from './server.ts'

const host = 'app.example'
const from = 'https://other.example'
const crossSite = { host, origin: from, 'sec-fetch-site': 'cross-site' }

describe('1 a Secure cookie and plain http', () => {
  test('no proxy says that TLS ended there', async () => {
    const { ask } = await site({}, 'http')
    because(await ask({ host }), 'insecure-request', host, NAME, 'X-Forwarded-Proto')
  })

  test('a proxy that says so is none', async () => {
    const { ask } = await site({}, 'http')
    expect((await ask({ host, 'x-forwarded-proto': 'https' })).events).toEqual([])
  })

  test('production that looks like loopback is told once, with the host', async () => {
    const { ask, events } = await site({}, 'http')
    const { cookies } = await ask(
      { host: '127.0.0.1:3000', 'x-forwarded-for': '203.0.113.7' },
      { handle: write },
    )
    await ask({ host: '127.0.0.1:3000' })
    expect(events).toEqual([{ type: 'behind-proxy', header: 'x-forwarded-for', host: '127.0.0.1:3000' }])
    expect(cookies[0]).toContain(`${NAME}=`)
  })
})

describe('2 the caller sent no cookies', () => {
  test.each(['GET', 'POST', 'OPTIONS'])('%s by fetch without credentials', async (method) => {
    const { ask } = await site()
    const answer = await ask({ ...crossSite, 'sec-fetch-mode': 'cors' }, { method })
    because(answer, 'no-cookie-cross-origin', method, from, "credentials: 'include'", 'OPTIONS')
  })

  test('a browser that says nothing but the origin', async () => {
    const { ask } = await site()
    because(await ask({ host, origin: from }), 'no-cookie-cross-origin', from)
  })
})

describe('3 SameSite kept it back', () => {
  const navigation = { ...crossSite, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }

  test('a provider posts back, and the cookie is Lax', async () => {
    const { ask } = await site()
    const answer = await ask(navigation, { method: 'POST' })
    because(answer, 'samesite-blocked', 'POST', from, NAME, 'SameSite=lax', 'transient(purpose)')
    expect(answer.cookies).toEqual([])
  })

  test('a link, and the cookie is Strict', async () => {
    const { ask } = await site({ cookie: { sameSite: 'strict' } })
    because(await ask(navigation), 'samesite-blocked', 'GET', 'SameSite=strict')
  })

  test('an iframe', async () => {
    const { ask } = await site()
    because(await ask({ ...navigation, 'sec-fetch-dest': 'iframe' }), 'samesite-blocked', 'GET')
  })
})

describe('13 two cookies, or another name', () => {
  test('two different sessions: none is used', async () => {
    const { ask } = await site()
    const one = pair(await ask({ host }, { handle: write }))
    const two = pair(await ask({ host }, { handle: write }))
    const answer = await ask({ host, cookie: `${one}; ${two}` })
    because(answer, 'duplicate', '2 cookies', NAME, 'cookie.previous')
    expect(answer).toMatchObject({ text: '{}', cookies: [], why: { outcome: 'duplicate' } })
  })

  test('one session and junk: it is used', async () => {
    const { ask } = await site()
    const one = pair(await ask({ host }, { handle: write }))
    const answer = await ask({ host, cookie: `${NAME}=junk; ${one}` })
    because(answer, 'duplicate-ignored', '2 cookies', NAME, answer.why.id, 'cookie.previous')
    expect(answer).toMatchObject({ text: '{"n":1}', why: { outcome: 'loaded' } })
  })

  test('the writer used another prefix', async () => {
    const { ask } = await site()
    because(
      await ask({ host, cookie: '__Host-session=abc' }),
      'other-name',
      '__Host-session',
      NAME,
      'cookie.previous',
    )
  })

  test('the development name in production', async () => {
    const { ask } = await site()
    because(await ask({ host, cookie: `${DEV}=abc` }), 'other-name', DEV, NAME)
  })
})
