import { describe, expect, test } from 'vitest'
import { type CsrfOptions, csrf } from '../../src/csrf.ts'
import { bench, turn } from '../core/kit.ts'

const OURS = 'https://example.test'
const OTHER = 'https://evil.test'
const SISTER = 'https://app.example.test'

type Ruling = 'passes' | 'refused' | 'token decides'

/** The decision table of docs/csrf.md, row by row: Sec-Fetch-Site, Origin, what becomes of a POST. */
const ROWS: readonly [site: string | null, origin: string | null, ruling: Ruling][] = [
  ['same-origin', null, 'passes'],
  ['same-origin', 'null', 'passes'],
  ['same-origin', OURS, 'passes'],
  ['same-origin', OTHER, 'token decides'],
  ['same-site', null, 'refused'],
  ['same-site', SISTER, 'refused'],
  ['same-site', OURS, 'refused'],
  ['cross-site', null, 'refused'],
  ['cross-site', 'null', 'refused'],
  ['cross-site', OTHER, 'refused'],
  ['none', null, 'token decides'],
  ['none', OURS, 'passes'],
  ['none', OTHER, 'refused'],
  ['of-the-future', null, 'token decides'],
  [null, OURS, 'passes'],
  [null, OTHER, 'refused'],
  [null, 'http://example.test', 'refused'],
  [null, 'https://example.test:8443', 'refused'],
  [null, 'null', 'token decides'],
  [null, null, 'token decides'],
]

function headersOf(site: string | null, origin: string | null): Record<string, string> {
  return { ...(site !== null && { 'sec-fetch-site': site }), ...(origin !== null && { origin }) }
}

async function ruling(
  headers: Record<string, string>,
  options: CsrfOptions = {},
  { method = 'POST', url = `${OURS}/` } = {},
): Promise<Ruling> {
  const sessions = bench('stored').make()
  const forms = csrf(sessions, options)
  let token = ''
  const { cookie } = await turn(sessions, '', async (session) => {
    token = await forms.token(session)
  })
  const passes = async (more: Record<string, string>): Promise<boolean> => {
    const request = new Request(url, { method, headers: { ...headers, ...more, cookie } })
    const refused = await forms.check(request)
    expect(refused?.status ?? 403).toBe(403)
    return refused === undefined
  }
  const [without, beside] = [await passes({}), await passes({ 'x-csrf-token': token })]
  return without ? 'passes' : beside ? 'token decides' : 'refused'
}

describe('T-F8 T-F9 the decision table', () => {
  test.each(ROWS)('Sec-Fetch-Site %s, Origin %s: %s', async (site, origin, expected) => {
    expect(await ruling(headersOf(site, origin))).toBe(expected)
  })

  test.each(
    ROWS,
  )("tokens: 'always': Sec-Fetch-Site %s, Origin %s: %s, or a token", async (site, origin, usual) => {
    const expected = usual === 'passes' ? 'token decides' : usual
    expect(await ruling(headersOf(site, origin), { tokens: 'always' })).toBe(expected)
  })

  test.each(['same-site', 'cross-site', 'none', null])('a listed origin passes, by %s', async (site) => {
    expect(await ruling(headersOf(site, SISTER), { origins: [SISTER] })).toBe('passes')
    expect(await ruling(headersOf(site, `${SISTER}.evil.test`), { origins: [SISTER] })).toBe('refused')
  })

  test('T-F16 whatever may change something is checked; reading is not', async () => {
    const elsewhere = headersOf('cross-site', OTHER)
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'QUERY', 'FOO'])
      expect(await ruling(elsewhere, {}, { method })).toBe('refused')
    for (const method of ['GET', 'HEAD', 'OPTIONS'])
      expect(await ruling(elsewhere, {}, { method })).toBe('passes')
  })

  test('TLS may end at a proxy, and no form goes from http up to https', async () => {
    const http = { url: 'http://example.test/' }
    const plain = headersOf(null, 'http://example.test')
    expect(await ruling(headersOf(null, OURS), {}, http)).toBe('passes')
    expect(await ruling(plain, {}, http)).toBe('passes')
    expect(await ruling(plain)).toBe('refused')
    for (const proxy of [{ 'x-forwarded-proto': 'https' }, { forwarded: 'for=192.0.2.1;proto="https"' }]) {
      expect(await ruling({ ...plain, ...proxy }, {}, http)).toBe('refused')
      expect(await ruling({ ...headersOf(null, OURS), ...proxy }, {}, http)).toBe('passes')
    }
    expect(await ruling({ ...plain, 'x-forwarded-proto': 'http' }, {}, http)).toBe('passes')
  })

  test.each([
    [null, OURS, 'passes'],
    ['same-origin', OURS, 'passes'],
    [null, OTHER, 'refused'],
    ['same-site', SISTER, 'refused'],
    ['cross-site', OTHER, 'refused'],
    [null, 'null', 'token decides'],
    [null, null, 'token decides'],
  ])('a WebSocket is asked for by GET: Sec-Fetch-Site %s, Origin %s: %s', async (site, origin, expected) => {
    const socket = { ...headersOf(site, origin), connection: 'Upgrade', upgrade: 'WebSocket' }
    const get = { method: 'GET' }
    expect(await ruling(socket, {}, get)).toBe(expected)
    // a page can send none with it
    expect(await ruling(socket, { tokens: 'always' }, get)).toBe(expected)
    expect(await ruling(headersOf(site, origin), {}, get)).toBe('passes')
  })

  test('an upgrade to another protocol than WebSocket is reading', async () => {
    const upgrade = { ...headersOf('cross-site', OTHER), connection: 'Upgrade', upgrade: 'h2c' }
    expect(await ruling(upgrade, {}, { method: 'GET' })).toBe('passes')
  })

  test('allow lets webhooks through, whatever they say', async () => {
    const allow: CsrfOptions['allow'] = ({ url }) => new URL(url).pathname.startsWith('/hooks/')
    const hook = { url: `${OURS}/hooks/paid` }
    expect(await ruling({}, { allow }, hook)).toBe('passes')
    expect(await ruling(headersOf('cross-site', OTHER), { allow }, hook)).toBe('passes')
    expect(await ruling({}, { allow })).toBe('token decides')
    const later = { allow: async () => false } as unknown as CsrfOptions
    expect(await ruling({}, later)).toBe('token decides')
  })
})

test('what the browser answers for costs no look at the session', async () => {
  const { store, make } = bench('stored')
  const get = store.get.bind(store)
  let calls = 0
  const counted = (id: string) => {
    calls++
    return get(id)
  }
  Object.assign(store, { get: counted })
  const sessions = make()
  const { cookie } = await turn(sessions, '', ({ data }) => Object.assign(data, { n: 1 }))
  for (const site of ['same-origin', 'cross-site']) {
    const headers = { cookie, 'sec-fetch-site': site }
    await csrf(sessions).check(new Request(OURS, { method: 'POST', headers }))
  }
  expect(calls).toBe(0)
})
