import { describe, expect, test } from 'vitest'
import type { Session } from '../../src/index.ts'
import { backings, type Data, mint, N, request, target } from './kit.ts'

type Use = (session: Session<Data>) => unknown

const write: Use = (session) => {
  session.data.n = 1
}

describe.each(backings)('%s', (backing) => {
  const answer = async (
    use: Use,
    headers: Record<string, string> = {},
    signedIn = true,
  ): Promise<Headers> => {
    const on = target(backing)
    const cookie = signedIn ? `${N}=${await mint(on)}` : null
    const response = await on.sessions.run(request(cookie), async (session) => {
      await use(session)
      return new Response('page', { headers })
    })
    return response.headers
  }

  test.each<[string, string, Use]>([
    ['T-H1', 'data', (session) => session.data.uid],
    ['T-H2', 'in', (session) => 'uid' in session.data],
    ['T-H2', 'keys', (session) => Object.keys(session.data)],
    ['T-H4', 'owner', (session) => session.owner],
    ['T-H4', 'isNew', (session) => session.isNew],
    ['T-H4', 'id', (session) => session.id],
    ['T-H4', 'outcome', (session) => session.outcome],
    ['T-H4', 'peek', (session) => session.peek('notice')],
    ['T-H4', 'authenticatedWithin', (session) => session.authenticatedWithin('1m')],
    ['T-H4', 'expiresAt', (session) => session.expiresAt],
  ])('%s %s alone makes the response private', async (_id, _name, use) => {
    const headers = await answer(use, {
      'cache-control': 'public, max-age=60, s-maxage=60',
      'cdn-cache-control': 'max-age=60',
    })
    expect(headers.get('vary')).toBe('Cookie')
    expect(headers.get('cache-control')).toBe('private, max-age=60')
    expect(headers.get('cdn-cache-control')).toBeNull()
  })

  test('T-H7 what sets a cookie is kept out of every cache', async () => {
    const headers = await answer(
      write,
      {
        'cache-control': 'public, s-maxage=31536000',
        'cdn-cache-control': 'public, max-age=60',
        'surrogate-control': 'max-age=60',
        expires: 'Wed, 21 Oct 2099 07:28:00 GMT',
      },
      false,
    )
    expect(headers.get('cache-control')).toBe('no-store')
    for (const name of ['cdn-cache-control', 'surrogate-control', 'expires'])
      expect(headers.get(name)).toBeNull()
  })

  test.each([
    ['Accept-Encoding', 'Accept-Encoding, Cookie'],
    ['cookie', 'cookie'],
    ['Accept, COOKIE', 'Accept, COOKIE'],
    ['*', '*'],
    ['X-Cookie', 'X-Cookie, Cookie'],
  ])('T-H9 Vary: %s becomes %s', async (vary, expected) => {
    expect((await answer((session) => session.data, { vary })).get('vary')).toBe(expected)
  })

  test('T-H11 an untouched session leaves the very response', async () => {
    const on = target(backing)
    const response = new Response('page', { headers: { 'cache-control': 'public, max-age=60' } })
    const cookie = `${N}=${await mint(on)}`
    expect(await on.sessions.run(request(cookie), () => response)).toBe(response)
    expect([...response.headers]).toEqual([
      ['cache-control', 'public, max-age=60'],
      ['content-type', 'text/plain;charset=UTF-8'],
    ])
  })

  test('T-H12 a logout is not stored', async () => {
    expect((await answer((session) => session.destroy())).get('cache-control')).toBe('no-store')
  })

  test('T-H14 a visitor without a cookie was looked at, too', async () => {
    const headers = await answer((session) => session.data, {}, false)
    expect([headers.get('vary'), headers.getSetCookie()]).toEqual(['Cookie', []])
  })

  test.each([
    ['private, max-age=60', 'private, max-age=60'],
    ['no-store', 'no-store'],
    ['max-age=60, immutable', 'private, max-age=60, immutable'],
    ['s-maxage=60', 'private'],
  ])('T-H15 Cache-Control: %s becomes %s', async (control, expected) => {
    const headers = await answer((session) => session.data, { 'cache-control': control })
    expect(headers.get('cache-control')).toBe(expected)
    expect(headers.get('vary')).toBe('Cookie')
  })

  test('T-H17 a response that others share is not written on', async () => {
    const on = target(backing)
    const shared = new Response(null, { status: 304, headers: { etag: '"1"', 'cache-control': 'public' } })
    const sent = await on.sessions.run(request(null), (session) => {
      write(session)
      return shared
    })
    expect(sent.headers.getSetCookie()).toHaveLength(1)
    expect([...shared.headers]).toEqual([
      ['cache-control', 'public'],
      ['etag', '"1"'],
    ])
  })

  test('T-H20 the error page of a handler that logged out and then failed is not stored', async () => {
    const on = target(backing)
    const asked = request(`${N}=${await mint(on)}`)
    const failing = on.sessions.run(asked, (session) => {
      session.destroy()
      throw new Error('later')
    })
    await expect(failing).rejects.toThrow('later')
    const session = await on.sessions.load(asked)
    const page = await on.sessions.commit(
      session,
      new Response('sorry', { status: 500, headers: { 'cache-control': 'public' } }),
    )
    expect(page.headers.getSetCookie().some((line) => line.startsWith(`${N}=; Max-Age=0`))).toBe(true)
    expect(page.headers.get('cache-control')).toBe('no-store')
  })
})
