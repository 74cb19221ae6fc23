import { describe, expect, test } from 'vitest'
import type { CookieOptions } from '../../src/core/cookie.ts'
import { clearCookie, planCookie, readCookies, writeCookie } from '../../src/core/cookie.ts'
import { SessionError } from '../../src/core/errors.ts'

/** As a caller without types would say it. */
const plan = (options: object): ReturnType<typeof planCookie> => planCookie(options as CookieOptions)

function refusal(options: object): string {
  try {
    plan(options)
  } catch (error) {
    if (error instanceof SessionError && error.code === 'config') return error.message
    throw error
  }
  return 'accepted'
}

describe('planCookie', () => {
  test('by default: __Host-Http-session, for this host alone', () => {
    expect(planCookie().secure).toEqual({
      name: '__Host-Http-session',
      path: '/',
      secure: true,
      sameSite: 'lax',
      partitioned: false,
      hostBound: true,
      attributes: '; Path=/; Secure; HttpOnly; SameSite=Lax',
    })
  })

  test.each([{ domain: 'example.com' }, { path: '/shop' }])('with %o: __Secure-session', (options) => {
    expect(planCookie(options).secure).toMatchObject({
      ...options,
      name: '__Secure-session',
      hostBound: false,
    })
  })

  test.each([
    ['__Host-sid', true],
    ['__Host-Http-sid', true],
    ['__Http-sid', false],
    ['__Secure-sid', false],
    ['sid', false],
  ])('%s is bound to its host: %s', (name, hostBound) => {
    expect(planCookie({ name }).secure.hostBound).toBe(hostBound)
  })

  test.each([
    'a b',
    'a;b',
    'a=b',
    '',
    'ä',
    'a\r\nX: y',
    'a,b',
    'a"b',
    'a\x7f',
    7,
    null,
  ])('T-S5 name %j is refused', (name) => {
    expect(refusal({ name })).toMatch(/^cookie\.name: expected/)
  })

  test.each([
    [{ name: '__Host-x', domain: 'example.com' }, /refuse __Host-x with domain example\.com; .*__Secure-/],
    [{ name: '__Host-x', path: '/shop' }, /refuse __Host-x with path \/shop; .*__Secure-/],
    [{ name: '__Host-Http-x', domain: 'example.com' }, /__Host-Http-x with domain/],
    [{ name: '__Host-x', secure: false }, /localhost is handled by itself/],
    [{ name: '__Secure-x', secure: false }, /localhost is handled by itself/],
    [{ name: '__Http-x', httpOnly: false }, /always HttpOnly/],
    [{ name: '__Host-' }, /something must follow the prefix/],
  ])('T-S6 %j is refused', (options, message) => {
    expect(refusal(options)).toMatch(message)
  })

  test.each([
    ...[
      'Host__sid',
      '_Host-sid',
      '__Host_sid',
      '__Secure_sid',
      'Host-sid',
      'Secure-sid',
      '__Hostsid',
      '___Host-sid',
    ],
    ...[
      '__host-sid',
      '__HOST-sid',
      '__secure-sid',
      '__http-sid',
      '__Host-http-sid',
      '__Secure-__Host-sid',
      '__Http-Host-sid',
    ],
  ])('T-S8 name %s looks like a prefix and is none', (name) => {
    expect(refusal({ name })).toMatch(/looks like a prefix but is none; there are __Host-Http-, /)
  })

  test.each([
    'sid',
    '__session',
    'connect.sid',
    'host-session',
    'secure_session',
    '_myapp_session',
    '_hosting_session',
  ])('name %s looks like none', (name) => {
    expect(refusal({ name })).toBe('accepted')
  })

  test.each([
    'evil.com; HttpOnly',
    '.example.com',
    'com',
    'localhost',
    '127.0.0.1',
    '127.1',
    'a.0x7f',
    '[::1]',
    'a..b',
    'example.com.',
    'exämple.com',
    '-a.com',
    'a-.com',
    'a_b.com',
    '',
    'a.com\n',
    7,
  ])('T-S10 domain %j is refused', (domain) => {
    expect(refusal({ domain })).toMatch(/^cookie\.domain: /)
  })

  test.each([
    ['T-S5 name', { name: 'a'.repeat(257) }, { name: 'a'.repeat(256) }],
    ['T-S10 domain', { domain: `${'a.'.repeat(512)}b` }, { domain: `${'a.'.repeat(126)}b` }],
    ['T-S10 label', { domain: `${'a'.repeat(64)}.com` }, { domain: `${'a'.repeat(63)}.com` }],
    ['T-S11 path', { path: `/${'a'.repeat(1024)}` }, { path: `/${'a'.repeat(1023)}` }],
  ])('%s too long is refused, in a short message', (_id, tooLong, fits) => {
    expect(refusal(tooLong)).toMatch(/^cookie\.\w+: expected .{1,220}$/)
    expect(refusal(fits)).toBe('accepted')
  })

  test('domain names are kept in lower case, as browsers keep them', () => {
    expect(planCookie({ domain: 'Shop.XN--exmple-cua.com' }).secure.domain).toBe('shop.xn--exmple-cua.com')
  })

  test.each([
    '/a;b',
    'a',
    '',
    '/a\n',
    '/é',
    '/a b',
    '/a?b',
    '/a#b',
    '/a\x7f',
    7,
  ])('T-S11 path %j is refused', (path) => {
    expect(refusal({ path })).toMatch(/^cookie\.path: expected/)
  })

  test.each(['/', '/shop/', '/a%20b', "/~!$&'()*+,=:@"])('path %s is kept', (path) => {
    expect(planCookie({ path }).secure.path).toBe(path)
  })

  test.each(['bogus', 'Lax', undefined, null, false])('T-S12 sameSite %j is refused', (sameSite) => {
    expect(refusal({ sameSite })).toMatch(/^cookie\.sameSite: expected 'lax' or 'strict' or 'none'/)
  })

  test.each([
    [{ secure: false, sameSite: 'none' }],
    [{ secure: false, partitioned: true }],
    [{ secure: 'auto' }],
    [{ domain: 'auto' }],
    [{ partitioned: 1 }],
    [{ priority: 'High' }],
    [{ previous: { name: 'old' } }],
    [{ previous: ['old'] }],
    [{ previous: [{ name: 'old', secure: true }] }],
    [{ previous: [{ name: 'a b' }] }],
    [{ previous: [{ name: '__Host-old', path: '/shop' }] }],
  ])('T-S12 T-S13 %j is refused', (options) => {
    expect(refusal(options)).toMatch(/^cookie\./)
  })

  test.each([
    ['sameSIte', /cookie\.sameSIte is not an option: did you mean sameSite\?/],
    ['same_site', /did you mean sameSite\?/],
    ['pathh', /did you mean path\?/],
    ['cookieName', /there are name, domain, path, /],
    ['httpOnly', /always HttpOnly/],
    ['maxAge', /lifetime or idleTimeout .*persistent/],
    ['max-age', /lifetime or idleTimeout .*persistent/],
    ['Expires', /lifetime or idleTimeout .*persistent/],
  ])('T-K8 option %s is refused, with the remedy', (key, message) => {
    expect(refusal({ [key]: true })).toMatch(message)
  })

  test.each([null, 'sid', 7])('options %j are refused', (options) => {
    expect(() => planCookie(options as unknown as CookieOptions)).toThrow(SessionError)
  })

  test('the relaxed form has no prefix, no Secure, no domain, and nothing that needs Secure', () => {
    const { relaxed } = planCookie({
      domain: 'example.com',
      path: '/shop',
      sameSite: 'none',
      partitioned: true,
      priority: 'high',
    })
    expect(relaxed).toMatchObject({ name: 'session', hostBound: false })
    expect(relaxed.attributes).toBe('; Path=/shop; HttpOnly; SameSite=Lax; Priority=High')
    expect(planCookie({ name: 'sid', sameSite: 'strict' }).relaxed).toMatchObject({
      name: 'sid',
      sameSite: 'strict',
    })
  })

  test('a previous cookie had the present name unless it says another, and is none of the present attributes', () => {
    const { previous } = planCookie({
      name: 'sid',
      sameSite: 'none',
      partitioned: true,
      previous: [{ domain: 'example.com' }, { name: '__host_old', path: '/old' }, { partitioned: false }],
    })
    expect(previous.map(({ name, attributes }) => name + attributes)).toEqual([
      'sid; Domain=example.com; Path=/; Secure; HttpOnly; SameSite=Lax',
      '__host_old; Path=/old; Secure; HttpOnly; SameSite=Lax',
      'sid; Path=/; Secure; HttpOnly; SameSite=Lax',
    ])
    expect(planCookie({ previous: [{ path: '/shop' }] }).previous[0]?.name).toBe('__Secure-session')
  })

  test('the present cookie is no previous one: it would be expired at each write', () => {
    expect(refusal({ name: 'sid', previous: [{ name: 'sid' }] })).toMatch(
      /sid is the present cookie; leave it out/,
    )
  })
})

describe('readCookies', () => {
  const N = '__Host-Http-sid'
  const V1 = 'AZ-_09'

  test.each([
    ['T-C1', `${N}=${V1}`, [V1]],
    ['T-C2', '', []],
    ['T-C2', null, []],
    ...[';', ';;;', '=', '==', ' ; ', ','].map((header): [string, string, string[]] => ['T-C3', header, []]),
    ['T-C4', `__host-http-sid=${V1}; __HOST-HTTP-SID=${V1}`, []],
    ['T-C5', `\t  ${N}=${V1} \t; a=b`, [V1]],
    ['T-C6', `\xa0${N}=${V1}`, []],
    ['T-C6', `\u2000${N}=${V1}; \x0b${N}=${V1}; \ufeff${N}=${V1}; \n${N}=${V1}`, []],
    ['T-C8', `__%48ost-Http-sid=${V1}`, []],
    ['T-C10', `${N}="${V1}"`, [`"${V1}"`]],
    ['T-C11', `$Version=1; ${N}=${V1}; $Path="/"`, [V1]],
    ['T-C12', `a="x; ${N}=${V1}; b=y"`, [V1]],
    ['T-C14', `abc; ${N}=${V1}`, [V1]],
    ['T-C15', `=${N}=${V1}`, []],
    ['T-C15', `${N}==${V1}`, [`=${V1}`]],
    ['T-C15', `${N}=${V1}=`, [`${V1}=`]],
    ['T-C16', N, []],
    ['T-C16', `${N} =${V1}`, []],
    ['T-C17', `${N}=`, []],
    ['T-C17', `a=b;${N}= \t;c=d`, []],
    ['T-C18', `${N}=AZ%2D_09`, ['AZ%2D_09']],
    ['T-C20', `${N}=${V1}; ${N}=${V1}`, [V1]],
    ['T-C21', `${N}=junk; ${N}=${V1}`, ['junk', V1]],
    ['T-C22', `${N}=${V1}; ${N}=junk`, [V1, 'junk']],
    ['T-C31', `a=\x01; b=\x7f; c=é; d=\ufffd; ${N}=${V1}`, [V1]],
    ['longer and shorter names', `x${N}=1; ${N}x=2; ${N.slice(1)}=3; ${N}=${V1}`, [V1]],
    ['the name in another value', `a=${N}=${V1}; b=${N}`, []],
    ['no space after the semicolon', `a=b;${N}=${V1};c=d`, [V1]],
    ["blanks after the equals sign stay, so the value is no one's", `${N}= ${V1}`, [` ${V1}`]],
  ])('%s: %j', (_id, header, values) => {
    expect(readCookies(header, N)).toMatchObject({ values, count: values.length, oversized: false })
  })

  test('T-A11 two lines joined by a comma make a malformed value, never another visitor', () => {
    expect(readCookies(`${N}=${V1}, ${N}=other`, N).values).toEqual([`${V1}, ${N}=other`])
    expect(readCookies(`a=b, ${N}=${V1}`, N).values).toEqual([])
  })

  test.each([
    [`${N}=`, true],
    [`a=b; ${N}=${V1}`, true],
    [`${N}`, false],
    [`x${N}=`, false],
    [`${N}x=`, false],
  ])('whether the name is there at all: %j', (header, named) => {
    expect(readCookies(header, N).named).toBe(named)
  })

  test('P23 at most four values, and how many there were', () => {
    const header = ['a', 'b', 'a', 'c', 'd', 'e', 'f'].map((value) => `${N}=${value}`).join('; ')
    expect(readCookies(header, N)).toEqual({
      values: ['a', 'b', 'c', 'd'],
      count: 6,
      named: true,
      oversized: false,
    })
  })

  test('T-C29 of a header over 16 KiB nothing is used, of a smaller one everything', () => {
    const others = (bytes: number): string => `x=${'y'.repeat(bytes)}; `
    const oversized = { values: [], count: 0, named: true, oversized: true }
    expect(readCookies(`${others(17 * 1024)}${N}=${V1}`, N)).toEqual(oversized)
    expect(readCookies(`${N}=${V1}; ${others(17 * 1024)}`, N)).toEqual(oversized)
    expect(readCookies(`${others(8 * 1024)}${N}=${V1}`, N).values).toEqual([V1])
    expect(readCookies(others(17 * 1024), N).oversized).toBe(false)
  })

  test('T-C29 a header of more than 200 pairs is oversized too', () => {
    expect(readCookies(`${'a=b; '.repeat(199)}${N}=${V1}`, N).values).toEqual([V1])
    expect(readCookies(`${'a=b; '.repeat(200)}${N}=${V1}`, N).oversized).toBe(true)
    expect(readCookies(`${N}=${V1}${'; a=b'.repeat(200)}`, N).oversized).toBe(true)
  })
})

describe('writeCookie', () => {
  const { secure: cookie } = planCookie()

  test('T-S1 a cookie that ends with the browser', () => {
    expect(writeCookie(cookie, 'v')).toBe('__Host-Http-session=v; Path=/; Secure; HttpOnly; SameSite=Lax')
  })

  test('every attribute', () => {
    const options = {
      domain: 'example.com',
      path: '/a',
      sameSite: 'none',
      partitioned: true,
      priority: 'low',
    } as const
    expect(writeCookie(planCookie(options).secure, 'v', 60)).toBe(
      '__Secure-session=v; Max-Age=60; Domain=example.com; Path=/a; Secure; HttpOnly; SameSite=None; Partitioned; Priority=Low',
    )
  })

  test.each([
    [1, 1],
    [59.999, 59],
    [0.2, 1],
    [0, 1],
    [-5, 1],
    [34_560_000, 34_560_000],
    [34_560_001, 34_560_000],
    [1e21, 34_560_000],
    [Number.POSITIVE_INFINITY, 34_560_000],
  ])('T-S2 maxAge %d becomes Max-Age=%d', (maxAge, seconds) => {
    expect(writeCookie(cookie, 'v', maxAge)).toContain(`=v; Max-Age=${seconds}; Path`)
  })

  test('T-S2 maxAge that is no number is a mistake', () => {
    expect(() => writeCookie(cookie, 'v', Number.NaN)).toThrow(TypeError)
  })

  test('T-S19 4096 bytes of name and value are written, 4097 refused with the numbers and without the value', () => {
    const room = 4096 - cookie.name.length
    expect(writeCookie(cookie, 'v'.repeat(room))).toHaveLength(4096 + 1 + cookie.attributes.length)
    const error = catchError(() => writeCookie(cookie, 'v'.repeat(room + 1)))
    expect(error).toMatchObject({ code: 'too_large', size: 4097, limit: 4096 })
    expect(error.message).toMatch(/4097 bytes .* 4096.*store/)
    expect(error.message).not.toContain('vvv')
  })

  test.each([
    'a b',
    'a;b',
    'a,b',
    'a"b',
    'a\\b',
    'a\n',
    '\x01',
    '\x7f',
    'é',
    '☃',
  ])('value %j is refused, unnamed', (value) => {
    const error = catchError(() => writeCookie(cookie, value))
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).not.toContain(value)
  })
})

describe('clearCookie', () => {
  test('repeats name and attributes, empties the value and ends it now', () => {
    expect(clearCookie(planCookie({ partitioned: true }).secure)).toBe(
      '__Host-Http-session=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax; Partitioned',
    )
  })
})

function catchError(run: () => unknown): Error {
  try {
    run()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('nothing was thrown')
}
