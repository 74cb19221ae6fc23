import fc from 'fast-check'
import { CookieJar } from 'tough-cookie'
import { describe, expect, test } from 'vitest'
import {
  type Cookie,
  type CookieOptions,
  clearCookie,
  planCookie,
  readCookies,
  writeCookie,
} from '../../src/core/cookie.ts'

fc.configureGlobal({ seed: 1 })

const NAME = '__Host-Http-session'
const HERE = 'https://shop.example.com/app/cart'

const octets = fc.string({ unit: fc.constantFrom(...'!#$%&+-.0123456789:<=>?@AZ[]^_`az{|}~'), minLength: 1 })
const lines = fc.array(
  fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(NAME, `${NAME}=v`, '=', ';', ' ', '\t', '"')),
)

/** Every combination that a page at `HERE` may use. */
const combinations: CookieOptions[] = [
  'sid',
  '__Secure-sid',
  '__Http-sid',
  '__Host-sid',
  '__Host-Http-sid',
].flatMap((name) =>
  (name.startsWith('__Host-')
    ? [{}]
    : [{}, { path: '/app' }, { domain: 'example.com' }, { domain: 'example.com', path: '/app' }]
  ).flatMap((scope) =>
    (['lax', 'strict', 'none'] as const).flatMap((sameSite) =>
      [true, false].map((partitioned) => ({
        name,
        ...scope,
        sameSite,
        partitioned,
        priority: 'high' as const,
      })),
    ),
  ),
)

const optionsOf = fc.constantFrom(...combinations)

function attributesOf(line: string): string[] {
  return line
    .split('; ')
    .slice(1)
    .filter((attribute) => !attribute.startsWith('Max-Age='))
}

/** What browsers refuse and tough-cookie takes. */
function checkLimits(cookie: Cookie, line: string): void {
  const attributes = attributesOf(line)
  const [pair = ''] = line.split('; ')
  expect(pair.length - 1).toBeLessThanOrEqual(4096)
  expect(line).not.toMatch(/[^\x20-\x7e]/)
  expect(attributes).toContain('HttpOnly')
  expect(attributes.filter((attribute) => attribute.startsWith('SameSite='))).toHaveLength(1)
  if (/SameSite=None|Partitioned/.test(line) || /^__/.test(cookie.name))
    expect(attributes).toContain('Secure')
  if (/^__host-/i.test(cookie.name))
    expect([attributes.includes('Path=/'), /Domain/.test(line)]).toEqual([true, false])
}

function jar(): CookieJar {
  return new CookieJar(undefined, { prefixSecurity: 'strict', rejectPublicSuffixes: true })
}

describe('properties', () => {
  test('what is written is read back, among whatever else', () => {
    fc.assert(
      fc.property(octets, lines, lines, (value, before, after) => {
        const others = (parts: string[]): string => parts.join('; ').replaceAll(NAME, 'other')
        const [pair = ''] = writeCookie(planCookie().secure, value, 60).split('; ')
        const header = [others(before), pair, others(after)].join('; ')
        fc.pre(header.length <= 16_384 && header.split(';').length <= 200)
        expect(readCookies(header, NAME)).toEqual({
          values: [value],
          count: 1,
          named: true,
          oversized: false,
        })
      }),
    )
  })

  test('P26 no header throws, and what is read stands in it under exactly this name', () => {
    fc.assert(
      fc.property(lines, fc.constantFrom('', '; ', ';', ', '), (parts, separator) => {
        const header = parts.join(separator)
        const { values, count } = readCookies(header, NAME)
        expect(values.length).toBe(Math.min(count, 4))
        expect(new Set(values).size).toBe(values.length)
        for (const value of values) {
          expect(header).toContain(`${NAME}=${value}`)
          expect(value).not.toMatch(/^$|;|[ \t]$/)
        }
      }),
    )
  })

  test('a browser keeps what is written and sends it back', () => {
    fc.assert(
      fc.property(
        optionsOf,
        octets,
        fc.option(fc.integer({ min: 1, max: 40_000_000 }), { nil: undefined }),
        (options, value, maxAge) => {
          const { secure } = planCookie(options)
          const line = writeCookie(secure, value, maxAge)
          checkLimits(secure, line)
          const browser = jar()
          browser.setCookieSync(line, HERE)
          expect(readCookies(browser.getCookieStringSync(HERE), secure.name).values).toEqual([value])
        },
      ),
    )
  })

  test('on localhost a browser keeps the relaxed form', () => {
    fc.assert(
      fc.property(optionsOf, octets, (options, value) => {
        const { relaxed } = planCookie(options)
        const line = writeCookie(relaxed, value, 60)
        checkLimits(relaxed, line)
        const browser = jar()
        const page = `http://127.0.0.1:3000${relaxed.path}`
        browser.setCookieSync(line, page)
        expect(readCookies(browser.getCookieStringSync(page), relaxed.name).values).toEqual([value])
      }),
    )
  })
})

describe('T-S14 T-S13 in every configuration', () => {
  test.each(combinations)('clearing %j repeats every attribute and empties the browser', (options) => {
    const { secure } = planCookie(options)
    const line = clearCookie(secure)
    expect(line).toMatch(/^[^=]+=; Max-Age=0; /)
    expect(attributesOf(line)).toEqual(attributesOf(writeCookie(secure, 'v', 60)))
    const browser = jar()
    browser.setCookieSync(writeCookie(secure, 'v', 60), HERE)
    expect(browser.getCookiesSync(HERE)).toHaveLength(1)
    browser.setCookieSync(line, HERE)
    expect(browser.getCookiesSync(HERE)).toEqual([])
  })
})
