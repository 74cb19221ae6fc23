import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { fakeClock } from '../../src/testing/clock.ts'
import { browser } from '../../src/testing/visitor.ts'

/** Answers with what came, and with the Set-Cookie lines that the query asks for. */
async function echo(request: Request): Promise<Response> {
  const url = new URL(request.url)
  const response = Response.json({
    method: request.method,
    url: request.url,
    headers: Object.fromEntries(request.headers),
    body: await request.text(),
  })
  for (const line of url.searchParams.getAll('set')) response.headers.append('set-cookie', line)
  return response
}

/** Redirects `/302/x/y` to `/x/y`. */
function redirecting(request: Request): Response | Promise<Response> {
  const [, status, rest] = /^\/(30\d)(\/.*)$/.exec(new URL(request.url).pathname) ?? []
  if (status === undefined || rest === undefined) return echo(request)
  return new Response(null, {
    status: Number(status),
    headers: { location: rest, 'set-cookie': `via${status}=1; Path=/` },
  })
}

const setting = (...lines: string[]): string => `/?${new URLSearchParams(lines.map((line) => ['set', line]))}`

describe('a visitor', () => {
  test.each([
    ['a function', echo],
    ['an object with fetch', { fetch: echo }],
    ['an object with request', { request: echo }],
    ['a Hono app', new Hono().all('*', (c) => echo(c.req.raw))],
  ])('visits %s', async (_name, app) => {
    const visitor = browser(app)
    await visitor.get(setting('a=b; Path=/', 'c=d; Path=/'))
    expect(await (await visitor.get('/x')).json()).toMatchObject({
      url: 'https://example.test/x',
      headers: { cookie: 'a=b; c=d' },
    })
  })

  test('calls fetch as a method', async () => {
    const app = {
      text: 'hello',
      fetch(): Response {
        return new Response(this.text)
      },
    }
    expect(await browser(app).text('/')).toBe('hello')
  })

  test('comes to the origin it is given, or to a whole URL', async () => {
    const visitor = browser(echo, { origin: 'http://localhost:3000' })
    expect(await visitor.text('/x')).toContain('"http://localhost:3000/x"')
    expect(await visitor.text('https://a.example.test/x')).toContain('"https://a.example.test/x"')
  })

  test('posts forms', async () => {
    const sent = await (
      await browser(echo).post('/', { name: 'Ada & Co', x: '1' }, { headers: { 'x-y': 'z' } })
    ).json()
    expect(sent).toMatchObject({
      method: 'POST',
      body: 'name=Ada+%26+Co&x=1',
      headers: {
        'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
        'x-y': 'z',
        origin: 'https://example.test',
        'sec-fetch-site': 'same-origin',
      },
    })
  })

  test('says where another site led it from, and which cookies stay at home then', async () => {
    const visitor = browser(echo)
    await visitor.get(
      setting('strict=1; SameSite=Strict', 'lax=1; SameSite=Lax', 'none=1; SameSite=None; Secure'),
    )
    const from = 'https://other.test'
    const followed = await (await visitor.get('/', { from })).json()
    expect(followed.headers).toMatchObject({ cookie: 'lax=1; none=1', 'sec-fetch-site': 'cross-site' })
    expect(followed.headers).not.toHaveProperty('origin')
    const posted = await (await visitor.post('/', {}, { from })).json()
    expect(posted.headers).toMatchObject({ cookie: 'none=1', origin: from, 'sec-fetch-site': 'cross-site' })
    const sibling = await (await visitor.post('/', {}, { from: 'https://blog.example.test' })).json()
    expect(sibling.headers).toMatchObject({
      cookie: 'strict=1; lax=1; none=1',
      'sec-fetch-site': 'same-site',
    })
    const downgraded = await (await visitor.post('/', {}, { from: 'http://example.test' })).json()
    expect(downgraded.headers).toMatchObject({ cookie: 'none=1' })
  })

  test('sends the headers it is told to instead of its own', async () => {
    const visitor = browser(echo)
    visitor.plant('a=b')
    const headers = { cookie: 'c=d', origin: 'null' }
    expect((await (await visitor.post('/', {}, { headers })).json()).headers).toMatchObject(headers)
  })

  test.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [302, 'PUT', 'PUT'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
  ])('follows %d after %s with %s, taking cookies on the way', async (status, method, next) => {
    const visitor = browser(redirecting)
    const init = { method, body: 'x', headers: { 'content-type': 'text/plain', 'x-y': 'z' } }
    const sent = await (await visitor.fetch(`/${status}/there`, init)).json()
    expect(sent).toMatchObject({
      method: next,
      url: 'https://example.test/there',
      body: next === 'GET' ? '' : 'x',
      headers: { cookie: `via${status}=1`, 'x-y': 'z' },
    })
    expect('content-type' in sent.headers).toBe(next !== 'GET')
  })

  test('HEAD stays HEAD', async () => {
    const seen: string[] = []
    const app = (request: Request): Response | Promise<Response> => {
      seen.push(request.method)
      return redirecting(request)
    }
    await browser(app).fetch('/303/there', { method: 'HEAD' })
    expect(seen).toEqual(['HEAD', 'HEAD'])
  })

  test('follows ten redirects, not eleven, none when told so, and none to another origin', async () => {
    const visitor = browser(redirecting)
    expect((await visitor.get(`${'/302'.repeat(10)}/end`)).status).toBe(200)
    await expect(visitor.get(`${'/302'.repeat(11)}/end`)).rejects.toThrow('more than 10 redirects')
    expect((await visitor.get('/302/end', { redirect: 'manual' })).status).toBe(302)
    const away = browser(() => Response.redirect('https://other.test/'))
    expect((await away.get('/')).headers.get('location')).toBe('https://other.test/')
  })

  test('knows its cookies', async () => {
    const visitor = browser(echo)
    await visitor.get(setting('a=b; Max-Age=60', 'c=d; Secure'))
    expect(visitor.cookies().map(({ name }) => name)).toEqual(['a', 'c'])
    expect(visitor.cookie('c')).toMatchObject({ value: 'd', secure: true, expires: null })
    expect(visitor.cookie('x')).toBeUndefined()
    visitor.restart()
    expect(visitor.cookies()).toMatchObject([{ name: 'a', value: 'b' }])
    visitor.clear()
    expect(visitor.cookies()).toEqual([])
  })

  test('cookies end by the clock it is given', () => {
    const clock = fakeClock()
    const visitor = browser(echo, { now: clock.now })
    visitor.plant('a=b; Max-Age=60')
    clock.advance('59s')
    expect(visitor.cookie('a')?.expires).toEqual(new Date(clock.now() + 1_000))
    clock.advance(1)
    expect(visitor.cookie('a')).toBeUndefined()
  })

  test('a second tab shares the cookies, a thief takes a copy', async () => {
    const visitor = browser(echo)
    visitor.plant('a=1')
    const tab = visitor.clone()
    const thief = visitor.steal()
    await tab.get(setting('a=2; Path=/'))
    expect([visitor, tab, thief].map((who) => who.cookie('a')?.value)).toEqual(['2', '2', '1'])
  })

  test('another host plants what it may', () => {
    const visitor = browser(echo)
    expect(visitor.plant('sid=evil; Domain=example.test', 'https://blog.example.test/')).toBe(true)
    expect(
      visitor.plant('__Host-sid=evil; Domain=example.test; Secure; Path=/', 'https://blog.example.test/'),
    ).toBe(false)
    expect(visitor.plant('sid=evil; Domain=example.test', 'https://other.test/')).toBe(false)
  })
})
