import fc from 'fast-check'
import { CookieJar as ToughJar } from 'tough-cookie'
import { describe, expect, test } from 'vitest'
import { fakeClock } from '../../src/testing/clock.ts'
import { CookieJar } from '../../src/testing/cookie-jar.ts'

fc.configureGlobal({ seed: 1 })

const HERE = new URL('https://shop.example.com/app/cart')
const PLAIN = new URL('http://shop.example.com/app/cart')

function jarWith(...lines: string[]): CookieJar {
  const jar = new CookieJar(Date.now)
  for (const line of lines) jar.store(line, HERE)
  return jar
}

const sent = (jar: CookieJar, url: URL | string = HERE, method = 'GET', crossSite = false): string | null =>
  jar.header(new URL(url), method, crossSite)

describe('what browsers refuse', () => {
  test.each([
    'a=\x01',
    'a=b\x7f',
    'a=b; Path=/\n',
    '',
    '=',
    '=a=b',
    '__Host-a',
    '=__secure-a',
    'a=b; Domain=com',
    'a=b; Domain=example.org',
    'a=b; Domain=app.shop.example.com',
    'a=b; SameSite=None',
    'a=b; Partitioned',
    '__Host-a=b; Path=/',
    '__Host-a=b; Secure',
    '__Host-a=b; Secure; Path=/app',
    '__Host-a=b; Secure; Path=/; Domain=example.com',
    '__host-a=b; Secure; Path=/; Domain=example.com',
    '__Secure-a=b; Path=/',
    '__SECURE-a=b; Path=/',
    '__Http-a=b; Secure',
    '__Http-a=b; HttpOnly',
    '__Host-Http-a=b; Secure; Path=/',
    '__Host-Http-a=b; HttpOnly; Path=/',
  ])('%j', (line) => {
    const jar = new CookieJar(Date.now)
    expect(jar.store(line, HERE)).toBe(false)
    expect(jar.all()).toEqual([])
  })

  test.each(['a=b; Secure', '__Host-a=b; Secure; Path=/'])('%s from plain http, even localhost', (line) => {
    expect(new CookieJar(Date.now).store(line, PLAIN)).toBe(false)
    expect(new CookieJar(Date.now).store(line, new URL('http://localhost:3000'))).toBe(false)
  })

  test('plain http stands in for no Secure cookie, but may add others', () => {
    const jar = jarWith('a=safe; Secure; Path=/app; Domain=example.com')
    expect(jar.store('a=evil; Path=/app/cart', PLAIN)).toBe(false)
    expect(jar.store('a=other; Path=/', PLAIN)).toBe(true)
    expect(jar.store('b=other; Path=/app', PLAIN)).toBe(true)
    expect(jar.store('a=other; Path=/application', PLAIN)).toBe(true)
  })
})

describe('what browsers keep', () => {
  test.each([
    '__Host-Http-a=b; Secure; HttpOnly; Path=/',
    '__Host-a=b; Secure; Path=/',
    '__Http-a=b; Secure; HttpOnly; Domain=example.com',
    'a=b; Domain=.EXAMPLE.com; Path=/app',
    ' \t a\t= b ; path=/',
    'a=b; SameSite=None; Secure; Partitioned',
  ])('%s', (line) => {
    expect(sent(jarWith(line))).toMatch(/^(__H\w+-\w*-?)?a=b+$/)
  })

  test('a nameless cookie, and a domain that is the single label it came from', () => {
    expect(sent(jarWith('abc'))).toBe('abc')
    const jar = new CookieJar(Date.now)
    expect(jar.store('a=b; Domain=localhost', new URL('http://localhost/'))).toBe(true)
    expect(jar.all()[0]).toMatchObject({ domain: 'localhost', hostOnly: true })
  })

  test('an address matches only itself', () => {
    const jar = new CookieJar(Date.now)
    expect(jar.store('a=b; Domain=0.0.1', new URL('http://127.0.0.1/'))).toBe(false)
    expect(jar.store('a=b; Domain=127.0.0.1', new URL('http://127.0.0.1/'))).toBe(true)
  })

  test('the attributes, the last of each', () => {
    expect(jarWith('a=b; Secure; HTTPONLY; samesite=lax; SameSite=Strict; Domain=example.com').all()).toEqual(
      [
        {
          name: 'a',
          value: 'b',
          domain: 'example.com',
          hostOnly: false,
          path: '/app',
          secure: true,
          httpOnly: true,
          sameSite: 'strict',
          partitioned: false,
          expires: null,
        },
      ],
    )
  })
})

test('sizes: 4096 bytes of name and value, 1024 of an attribute', () => {
  expect(sent(jarWith(`a=${'b'.repeat(4095)}`))).toHaveLength(4097)
  expect(sent(jarWith(`a=${'b'.repeat(4096)}`))).toBe(null)
  expect(jarWith(`a=b; Path=/${'x'.repeat(1023)}`).all()[0]?.path).toHaveLength(1024)
  expect(jarWith(`a=b; Path=/${'x'.repeat(1024)}`).all()[0]?.path).toBe('/app')
})

describe('what comes back', () => {
  test('longer paths first, then older cookies, each in the place of its first writing', () => {
    const jar = jarWith('a=1; Path=/', 'b=2; Path=/', 'c=3; Path=/app', 'a=4; Path=/')
    expect(sent(jar)).toBe('c=3; a=4; b=2')
  })

  test.each([
    ['/app', 'https://shop.example.com/app', true],
    ['/app', 'https://shop.example.com/app/', true],
    ['/app/', 'https://shop.example.com/app/x', true],
    ['/app/', 'https://shop.example.com/app', false],
    ['/app', 'https://shop.example.com/application', false],
    ['app', 'https://shop.example.com/app/x', true],
    ['app', 'https://shop.example.com/', false],
  ])('Path=%s at %s: %s', (path, url, expected) => {
    expect(sent(jarWith(`a=b; Path=${path}`), url)).toBe(expected ? 'a=b' : null)
  })

  test.each([
    ['', 'https://shop.example.com/', true],
    ['', 'https://example.com/', false],
    ['', 'https://a.shop.example.com/', false],
    ['; Domain=example.com', 'https://a.example.com/', true],
    ['; Domain=example.com', 'https://example.com:8443/', true],
    ['; Domain=example.com', 'https://evil-example.com/', false],
    ['; Secure', 'http://shop.example.com/', false],
  ])('a cookie with %j at %s: %s', (attributes, url, expected) => {
    expect(sent(jarWith(`a=b; Path=/${attributes}`), url)).toBe(expected ? 'a=b' : null)
  })

  test.each([
    ['Strict', 'GET', false],
    ['Lax', 'GET', true],
    ['Lax', 'POST', false],
    ['Bogus', 'GET', true],
    ['Bogus', 'POST', false],
    ['None', 'POST', true],
  ])('SameSite=%s with a cross-site %s: %s', (sameSite, method, expected) => {
    const jar = jarWith(`a=b; Secure; SameSite=${sameSite}`)
    expect(sent(jar, HERE, method, true)).toBe(expected ? 'a=b' : null)
    expect(sent(jar, HERE, method, false)).toBe('a=b')
  })
})

describe('how long', () => {
  test.each([
    ['Max-Age=60', 60],
    ['Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 60],
    ['Expires=Tue, 01 Jan 2030 00:01:00 GMT', 60],
    ['Max-Age=99999999999', 34_560_000],
    ['Expires=Fri, 31 Dec 9999 23:59:59 GMT', 34_560_000],
  ])('%s ends after %d seconds', (attributes, seconds) => {
    const clock = fakeClock()
    const jar = new CookieJar(clock.now)
    jar.store(`a=b; ${attributes}`, HERE)
    clock.set(clock.now() + seconds * 1_000 - 1)
    expect(sent(jar)).toBe('a=b')
    clock.set(clock.now() + 1)
    expect(sent(jar)).toBe(null)
  })

  test.each([
    'Max-Age=1.5',
    'Max-Age=1e9',
    'Max-Age=NaN',
    'Max-Age=',
    'Expires=Invalid Date',
  ])('%s ends with the browser', (attribute) => {
    const jar = jarWith(`a=b; ${attribute}`)
    expect(jar.all()[0]?.expires).toBe(null)
    jar.dropSessionCookies()
    expect(jar.all()).toEqual([])
  })

  test('clearing needs the same name, domain, path and partition', () => {
    const set = 'a=b; Path=/app; Domain=example.com; Secure; Partitioned'
    const misses = [
      set.replace('/app', '/'),
      set.replace('; Domain=example.com', ''),
      set.replace('; Partitioned', ''),
    ]
    for (const miss of misses) expect(sent(jarWith(set, `${miss}; Max-Age=0`)), miss).toBe('a=b')
    expect(sent(jarWith(set, `${set}; Max-Age=0`))).toBe(null)
    expect(sent(jarWith(set, `${set}; Max-Age=-5`))).toBe(null)
  })
})

test('tough-cookie says the same, where it is as strict', () => {
  const attribute = fc.constantFrom(
    ...[
      'Secure',
      'HttpOnly',
      'SameSite=Lax',
      'SameSite=Strict',
      'Max-Age=0',
      'Max-Age=60',
      'Max-Age=x',
      'Bogus=1',
      'Path',
    ],
    ...[
      'Domain=example.com',
      'Domain=.Example.com',
      'Domain=other.com',
      'Domain=com',
      'Path=/',
      'Path=/app',
      'Path=app',
    ],
  )
  const pair = fc.constantFrom(
    'a=1',
    'a=2',
    'b=3',
    ' b = 4 ',
    'c=x=y',
    'd="q"',
    '__Host-e=5',
    '__Secure-f=6',
    'g=',
  )
  const line = fc
    .tuple(pair, fc.array(attribute, { maxLength: 5 }))
    .map(([first, rest]) => [first, ...rest].join('; '))
  const url = fc.constantFrom(
    ...[
      'https://shop.example.com/',
      'https://shop.example.com/app/cart',
      'https://a.shop.example.com/app',
      'https://blog.example.com/apple',
    ],
  )
  const sorted = (header: string | null): string[] => (header ? header.split('; ').sort() : [])
  fc.assert(
    fc.property(
      fc.array(fc.tuple(line, url), { maxLength: 12 }),
      url,
      fc.boolean(),
      (writes, page, plain) => {
        const ours = new CookieJar(Date.now)
        const tough = new ToughJar(undefined, { prefixSecurity: 'strict' })
        for (const [text, from] of writes) {
          ours.store(text, new URL(from))
          tough.setCookieSync(text, from, { ignoreError: true })
        }
        const asked = plain ? page.replace('https', 'http') : page
        expect(sorted(sent(ours, asked))).toEqual(sorted(tough.getCookieStringSync(asked)))
      },
    ),
    { numRuns: 500 },
  )
})

test('no Set-Cookie line throws', () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('=', ';', 'Path=', 'Expires=', 'Max-Age=9'),
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const jar = new CookieJar(Date.now)
      expect(jar.store(parts.join(';'), HERE)).toBe(jar.all().length === 1)
    }),
  )
})
