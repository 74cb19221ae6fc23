import { describe, expect, test } from 'vitest'
import {
  carries,
  forbidCaching,
  type HeaderTarget,
  markPrivate,
  putCookies,
} from '../../src/core/response.ts'

const COOKIE = 'sid=1; Path=/; HttpOnly'

const marked = (init: Record<string, string> = {}): Headers => {
  const headers = new Headers(init)
  markPrivate(headers, 'Cookie')
  return headers
}

const sendCookies = (headers: HeaderTarget, cookies: readonly string[]): boolean => {
  putCookies(headers, cookies)
  return forbidCaching(headers)
}

const sent = (init: Record<string, string> = {}, cookies: readonly string[] = [COOKIE]): Headers => {
  const headers = new Headers(init)
  sendCookies(headers, cookies)
  return headers
}

describe('a response that was read from', () => {
  test.each([
    [undefined, 'Cookie'],
    ['', 'Cookie'],
    ['Accept-Encoding', 'Accept-Encoding, Cookie'],
    ['Accept-Encoding, Origin', 'Accept-Encoding, Origin, Cookie'],
    ['Cookie', 'Cookie'],
    ['cookie', 'cookie'],
    ['Origin,COOKIE , Accept', 'Origin,COOKIE , Accept'],
    ['*', '*'],
    ['Accept, *', 'Accept, *'],
    ['X-Cookie', 'X-Cookie, Cookie'],
    ['Cookie-Consent', 'Cookie-Consent, Cookie'],
  ])('Vary %j becomes %j', (before, after) => {
    expect(marked(before === undefined ? {} : { vary: before }).get('vary')).toBe(after)
  })

  test.each([
    [undefined, null],
    ['', 'private'],
    ['public', 'private'],
    ['PUBLIC, max-age=60', 'private, max-age=60'],
    ['max-age=60', 'private, max-age=60'],
    ['private', 'private'],
    ['Private, max-age=60', 'Private, max-age=60'],
    ['public, private', 'private'],
    ['no-store', 'no-store'],
    ['no-store, public', 'no-store'],
    ['no-cache', 'private, no-cache'],
    ['public, s-maxage=600, max-age=60', 'private, max-age=60'],
    ['s-maxage=600', 'private'],
    ['S-MaxAge=600,max-age=1', 'private, max-age=1'],
    ['proxy-revalidate, must-revalidate', 'private, must-revalidate'],
    [
      'max-age=60, stale-while-revalidate=30, immutable',
      'private, max-age=60, stale-while-revalidate=30, immutable',
    ],
    ['private="X-A, X-B", max-age=60', 'private, private="X-A, X-B", max-age=60'],
    ['no-cache="Set-Cookie"', 'private, no-cache="Set-Cookie"'],
    [' , public,, ', 'private'],
    ['publicity=1', 'private, publicity=1'],
  ])('Cache-Control %j becomes %j', (before, after) => {
    expect(marked(before === undefined ? {} : { 'cache-control': before }).get('cache-control')).toBe(after)
  })

  test('headers for shared caches alone go, Expires and Age stay', () => {
    const headers = marked({
      expires: 'Thu, 01 Jan 2032 00:00:00 GMT',
      age: '5',
      'surrogate-control': 'max-age=60',
      'cdn-cache-control': 'max-age=60',
      'fastly-cache-control': 'max-age=60',
      'akamai-cache-control': 'max-age=60',
      etag: '"1"',
    })
    expect([...headers.keys()].sort()).toEqual(['age', 'etag', 'expires', 'vary'])
  })

  test('twice is once', () => {
    const headers = marked({ vary: 'Accept', 'cache-control': 'public, max-age=60' })
    const before = [...headers]
    markPrivate(headers, 'Cookie')
    expect([...headers]).toEqual(before)
  })
})

describe('a response with our cookies', () => {
  test.each([
    undefined,
    'public, max-age=31536000, immutable',
    'private',
    'no-cache',
    'no-store',
  ])('Cache-Control %j becomes no-store', (before) => {
    const init: Record<string, string> = before === undefined ? {} : { 'cache-control': before }
    expect(sent(init).get('cache-control')).toBe('no-store')
  })

  test.each([
    ['public', true],
    ['max-age=60, S-MAXAGE=60', true],
    ['max-age=60', false],
    ['private', false],
    [undefined, false],
  ])('says of %j whether it was meant for shared caches: %j', (control, shared) => {
    const headers = new Headers(control === undefined ? {} : { 'cache-control': control })
    expect(sendCookies(headers, [COOKIE])).toBe(shared)
  })

  test('no cache is told anything else', () => {
    const headers = sent({
      expires: '0',
      age: '1',
      'cdn-cache-control': 'a',
      'vercel-cdn-cache-control': 'b',
    })
    expect([...headers.keys()].sort()).toEqual(['cache-control', 'set-cookie'])
  })

  test('others’ cookies stay in order, ours follow, each name of ours once', () => {
    const headers = new Headers()
    for (const line of [
      'a=1',
      'sid=old; Path=/',
      'b=2; Expires=Thu, 01 Jan 2032 00:00:00 GMT',
      'sid=older',
      'a=3',
    ])
      headers.append('set-cookie', line)
    sendCookies(headers, [COOKIE, 'sid-ended=x'])
    expect(headers.getSetCookie()).toEqual([
      'a=1',
      'b=2; Expires=Thu, 01 Jan 2032 00:00:00 GMT',
      'a=3',
      COOKIE,
      'sid-ended=x',
    ])
  })

  test('a name that only begins or ends like ours is another', () => {
    const headers = new Headers()
    for (const line of ['sid2=1', 'xsid=1', 'SID=1']) headers.append('set-cookie', line)
    sendCookies(headers, [COOKIE])
    expect(headers.getSetCookie()).toEqual(['sid2=1', 'xsid=1', 'SID=1', COOKIE])
  })

  test('two of ours under one name, as a former domain needs, both leave', () => {
    const cookies = ['sid=1; Path=/', 'sid=; Max-Age=0; Domain=example.test; Path=/']
    expect(sent({}, cookies).getSetCookie()).toEqual(cookies)
  })

  test('twice is once', () => {
    const headers = sent()
    sendCookies(headers, [COOKIE])
    expect(headers.getSetCookie()).toEqual([COOKIE])
  })
})

test('carries: all of them, as they are', () => {
  const headers = sent({}, ['a=1', 'b=2'])
  expect(carries(headers, ['a=1', 'b=2'])).toBe(true)
  expect(carries(headers, [])).toBe(true)
  expect(carries(headers, ['a=1', 'b=3'])).toBe(false)
})

test('a framework’s own headers do, with these six methods', () => {
  const values = new Map<string, string[]>([['Cache-Control', ['public']]])
  const key = (name: string): string =>
    [...values.keys()].find((it) => it.toLowerCase() === name.toLowerCase()) ?? name
  const target: HeaderTarget = {
    get: (name) => values.get(key(name))?.join(', ') ?? null,
    set: (name, value) => void values.set(key(name), [value]),
    delete: (name) => void values.delete(key(name)),
    append: (name, value) => void values.set(key(name), [...(values.get(key(name)) ?? []), value]),
    getSetCookie: () => values.get(key('set-cookie')) ?? [],
    keys: () => [...values.keys()].map((name) => name.toLowerCase()),
  }
  expect(sendCookies(target, [COOKIE])).toBe(true)
  expect(target.getSetCookie()).toEqual([COOKIE])
  expect(target.get('cache-control')).toBe('no-store')
})
