import type { Visitor, VisitorInit } from 'keepsake/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visitorOf } from '../http/wire.ts'
import { type Guarded, runtimes, serveGuarded } from './servers.ts'

/** What a browser sends that says nothing of where its page is from. */
const SILENT = { origin: 'null', 'sec-fetch-site': 'none' }
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

const silently = (body: BodyInit, headers: Record<string, string> = {}): VisitorInit => ({
  method: 'POST',
  headers: { ...SILENT, ...headers },
  body,
})

describe.each(runtimes)('%s', (runtime) => {
  let guarded: Guarded
  beforeAll(async () => {
    guarded = await serveGuarded(runtime)
  })
  afterAll(() => guarded?.stop())

  describe.each(['sealed', 'stored'])('%s: forms', (backing) => {
    const forms = `/${backing}/forms`

    /** A visitor who has a page with this token. */
    async function given(): Promise<{ visitor: Visitor; token: string }> {
      const visitor = visitorOf(guarded.served)
      return { visitor, token: await visitor.text(forms) }
    }

    test('one of the app’s own page passes, one of another site does not, whatever token it has', async () => {
      const { visitor, token } = await given()
      expect(await (await visitor.post(forms, { to: 'bob' })).json()).toEqual({ to: 'bob' })
      const form = { to: 'eve', _csrf: token }
      for (const from of ['https://evil.test', 'https://sister.example.test'])
        expect((await visitor.post(forms, form, { from })).status).toBe(403)
    })

    test('where nothing is said a field decides, and the handler reads the whole form', async () => {
      const { visitor, token } = await given()
      const note = 'ü'.repeat(100_000)
      const sent = await visitor.fetch(forms, silently(new URLSearchParams({ _csrf: token, note })))
      expect(await sent.json()).toEqual({ note })
      const other = await given()
      expect(
        (await other.visitor.fetch(forms, silently(new URLSearchParams({ _csrf: token, note })))).status,
      ).toBe(403)
      expect((await visitor.fetch(forms, silently(new URLSearchParams({ note })))).status).toBe(403)
    })

    test('a field before a file, and the handler reads the file', async () => {
      const { visitor, token } = await given()
      const form = new FormData()
      form.set('_csrf', token)
      form.set('file', new Blob([new Uint8Array(300_000).fill(7)]), 'a.bin')
      expect(await (await visitor.fetch(forms, silently(form))).json()).toEqual({ file: 300_000 })
    })

    test('a script sends it in a header', async () => {
      const { visitor, token } = await given()
      const headers = { 'x-csrf-token': token, 'content-type': 'application/json' }
      expect((await visitor.fetch(forms, silently('{}', headers))).status).toBe(200)
      expect((await visitor.fetch(forms, silently('{}', { ...headers, 'x-csrf-token': 'x' }))).status).toBe(
        403,
      )
    })

    test('a login ends what was given before', async () => {
      const { visitor, token } = await given()
      const later = await visitor.text(`${forms}/login`)
      const ask = async (_csrf: string): Promise<number> =>
        (await visitor.fetch(forms, silently(new URLSearchParams({ _csrf })))).status
      expect([await ask(token), await ask(later)]).toEqual([403, 200])
    })

    test('a WebSocket of another site is refused, one of the app’s own page goes on', async () => {
      const { visitor } = await given()
      const ask = async (origin: string): Promise<number> => {
        const headers = { origin, connection: 'Upgrade', upgrade: 'websocket' }
        return (await visitor.get(forms, { headers })).status
      }
      expect([await ask('https://evil.test'), await ask('https://example.test')]).toEqual([403, 200])
    })
  })

  test.each([
    'sealed',
    'stored',
  ])('%s: a session is bound to its client, but not to a version of it', async (backing) => {
    const visitor = visitorOf(guarded.served)
    const headers = { 'user-agent': FIREFOX, 'accept-language': 'de' }
    await visitor.post(`/${backing}/client`, {}, { headers })
    const ask = async (more: Record<string, string>): Promise<unknown> =>
      (await visitor.get(`/${backing}/client`, { headers: { ...headers, ...more } })).json()
    expect(await ask({})).toEqual({ outcome: 'loaded', n: 1 })
    expect(await ask({ 'user-agent': FIREFOX.replaceAll('140', '141') })).toEqual({ outcome: 'loaded', n: 1 })
    expect(await ask({ 'user-agent': 'curl/8.5.0' })).toEqual({ outcome: 'bound-elsewhere', n: 0 })
    expect(await ask({ 'accept-language': 'en' })).toEqual({ outcome: 'bound-elsewhere', n: 0 })
  })

  test.each([
    'sealed',
    'stored',
  ])('%s: a bearer token comes, opens and goes without a cookie', async (backing) => {
    const path = `/${backing}/bearer`
    const visitor = visitorOf(guarded.served)
    const first = await visitor.post(path)
    const token = first.headers.get('session-token') ?? ''
    expect([first.headers.getSetCookie(), first.headers.get('cache-control')]).toEqual([[], 'no-store'])
    const headers = { authorization: `Bearer ${token}` }
    const second = await visitor.get(path, { headers })
    expect(await second.json()).toEqual({ outcome: 'loaded', n: 1 })
    expect([second.headers.get('session-token'), second.headers.get('vary')]).toEqual([null, 'Authorization'])
    const offered = { 'sec-websocket-protocol': `chat, session.${token}` }
    expect(await (await visitor.get(path, { headers: offered })).json()).toEqual({ outcome: 'loaded', n: 1 })
    expect(await (await visitor.get(path, { headers: { authorization: 'Bearer x' } })).json()).toEqual({
      outcome: 'malformed',
      n: 0,
    })
    const gone = await visitor.post(`${path}/logout`, {}, { headers })
    expect([gone.headers.get('session-token'), gone.headers.get('cache-control')]).toEqual(['', 'no-store'])
  })
})
