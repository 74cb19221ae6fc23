import { describe, expect, test } from 'vitest'
import { absence, oversized } from '../../src/core/absence.ts'
import { type CookieOptions, planCookie } from '../../src/core/cookie.ts'
import { NAME } from './kit.ts'

const HOST = { host: 'app.example' }
const NAVIGATION = { 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'cross-site' }

interface Asked {
  readonly url?: string
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly cookie?: CookieOptions
}

function why({ url = 'https://app.example/', method = 'GET', headers = {}, cookie = {} }: Asked) {
  const request = { url, method, headers: new Headers({ ...HOST, ...headers }) }
  return absence(request, planCookie(cookie).secure)
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const foreign = { origin: 'https://shop.example' }

describe('a plain anonymous visitor', () => {
  test.each<[string, Asked]>([
    ['a first visit', {}],
    ['a link typed in', { headers: { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' } }],
    [
      'a fetch of the same origin',
      { headers: { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' } },
    ],
    ['the same origin, by an old browser', { method: 'POST', headers: { origin: 'https://app.example' } }],
    [
      'the same host where a proxy changed the scheme',
      { url: 'http://127.0.0.1/', method: 'POST', headers: { origin: 'https://app.example' } },
    ],
    ['Origin: null', { method: 'POST', headers: { origin: 'null', ...form } }],
    ['a link from another site', { headers: { ...NAVIGATION, ...foreign } }],
    ['other cookies', { headers: { cookie: 'theme=dark; lang=de' } }],
    ['http to this machine', { url: 'http://localhost/' }],
    [
      'http behind a proxy that ends TLS',
      { url: 'http://app.example/', headers: { 'x-forwarded-proto': 'https' } },
    ],
    [
      'a frame, where SameSite=None',
      { headers: { ...NAVIGATION, 'sec-fetch-dest': 'iframe' }, cookie: { sameSite: 'none' } },
    ],
  ])('%s', (_, asked) => {
    expect(why(asked)).toBeUndefined()
  })
})

describe('other-name', () => {
  test.each([
    ['session=1', {}, 'session'],
    ['a=1; __Host-session=1', {}, '__Host-session'],
    ['__Secure-session=1', {}, '__Secure-session'],
    ['__Host-Http-sid=1', { name: 'sid' }, '__Host-Http-sid'],
    ['  sid  =1', { name: '__Host-sid' }, 'sid'],
    ['sid', { name: '__Host-sid' }, 'sid'],
  ])('%j where %j is read', (header, cookie, other) => {
    expect(why({ headers: { cookie: header }, cookie })).toMatchObject({ type: 'other-name', other })
  })

  test('no name that only looks alike', () => {
    for (const name of [
      'sessions',
      'my-session',
      'Session',
      '__host-session',
      'sess',
      '__Host-Http-sessio',
    ]) {
      expect(why({ headers: { cookie: `${name}=1` } }), name).toBeUndefined()
    }
  })

  test('it outweighs what else may be wrong', () => {
    const found = why({ url: 'http://app.example/', headers: { cookie: 'session=1', ...foreign } })
    expect(found?.type).toBe('other-name')
  })

  test('a header of many cookies is searched to its two hundredth', () => {
    expect(why({ headers: { cookie: `${'a=1; '.repeat(300)}session=1` } })).toBeUndefined()
  })
})

test('insecure-request: plain http elsewhere, with the Host header', () => {
  expect(why({ url: 'http://app.example/' })).toEqual({
    type: 'insecure-request',
    method: 'GET',
    from: 'app.example',
    sameSite: 'lax',
    name: NAME,
  })
})

describe('no-cookie-cross-origin: scripts of other origins', () => {
  test.each<[string, Asked]>([
    [
      'fetch across sites',
      { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors', ...foreign } },
    ],
    [
      'fetch from a sibling',
      { headers: { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors', ...foreign } },
    ],
    ['an old browser', { method: 'POST', headers: { ...foreign, 'content-type': 'application/json' } }],
    ['a preflight', { method: 'OPTIONS', headers: foreign }],
    ['another port', { headers: { origin: 'https://app.example:8443' } }],
    ['a name that begins with ours', { headers: { origin: 'https://app.exampl' } }],
  ])('%s', (_, asked) => {
    expect(why(asked)?.type).toBe('no-cookie-cross-origin')
  })
})

describe('samesite-blocked: forms, frames and links of other sites', () => {
  test.each<[string, Asked]>([
    ['a form, under Lax', { method: 'POST', headers: { ...NAVIGATION, ...foreign } }],
    ['a form of an old browser', { method: 'POST', headers: { ...foreign, ...form } }],
    ['a frame, under Lax', { headers: { ...NAVIGATION, 'sec-fetch-dest': 'iframe' } }],
    ['a link, under Strict', { headers: NAVIGATION, cookie: { sameSite: 'strict' } }],
  ])('%s', (_, asked) => {
    expect(why(asked)?.type).toBe('samesite-blocked')
  })
})

test('oversized tells how much there was', () => {
  const cookie = `${'a=1; '.repeat(4_000)}b=2`
  const request = { url: 'https://app.example/', method: 'GET', headers: new Headers({ ...HOST, cookie }) }
  expect(oversized(request, planCookie({}).secure)).toMatchObject({
    type: 'oversized-header',
    from: 'app.example',
    size: cookie.length,
    count: 4_001,
  })
})
