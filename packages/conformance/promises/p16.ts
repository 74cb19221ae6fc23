import { everywhere, promise } from './cases.ts'
import { ok, same } from './expect.ts'
import { begin, request } from './moves.ts'
import type { Bench, Sessions, Visit } from './world.ts'

const TARGETED = [
  'CDN-Cache-Control',
  'Cloudflare-CDN-Cache-Control',
  'Vercel-CDN-Cache-Control',
  'Netlify-CDN-Cache-Control',
  'Surrogate-Control',
]

const page = (headers: Record<string, string> = {}, status = 200): Response =>
  new Response(status === 304 ? null : 'page', { status, headers })

async function answer(
  bench: Bench,
  use: (session: Visit, sessions: Sessions) => unknown,
  response: Response,
  cookie?: string | null,
): Promise<Headers> {
  const sessions = bench.make()
  const header = cookie === undefined ? await begin(sessions) : cookie
  const { headers } = await sessions.run(request(header), async (session) => {
    await use(session, sessions)
    return response
  })
  return headers
}

const LOOKS: Readonly<Record<string, (session: Visit) => unknown>> = {
  data: (session) => session.data,
  id: (session) => session.id,
  isNew: (session) => session.isNew,
  owner: (session) => session.owner,
  createdAt: (session) => session.createdAt,
  lastSeenAt: (session) => session.lastSeenAt,
  expiresAt: (session) => session.expiresAt,
  absoluteExpiresAt: (session) => session.absoluteExpiresAt,
  authenticatedAt: (session) => session.authenticatedAt,
  outcome: (session) => session.outcome,
  peek: (session) => session.peek('x'),
  take: (session) => session.take('x'),
  authenticatedWithin: (session) => session.authenticatedWithin('1m'),
}

const WRITES: Readonly<Record<string, (session: Visit) => unknown>> = {
  data: (session) => {
    session.data.big = 1
  },
  login: (session) => session.login('ada'),
  regenerate: (session) => session.regenerate(),
  destroy: (session) => session.destroy(),
}

export const p16 = promise(16, 'caches never mix visitors up', [
  ...Object.entries(LOOKS).map(([name, look]) =>
    everywhere(`${name} is a look: the response varies on Cookie and is not public`, async (bench) => {
      for (const cookie of [undefined, null]) {
        const headers = await answer(
          bench,
          look,
          page({ 'cache-control': 'public, max-age=60, s-maxage=600' }),
          cookie,
        )
        same([headers.get('vary'), headers.get('cache-control')], ['Cookie', 'private, max-age=60'])
      }
    }),
  ),
  everywhere('whoever only read keeps what was private, and its age', async (bench) => {
    const control = async (value: string): Promise<string | null> =>
      (await answer(bench, LOOKS.data as never, page({ 'cache-control': value }))).get('cache-control')
    same(await control('private, max-age=5'), 'private, max-age=5')
    same(await control('no-store'), 'no-store')
    same(await control('PUBLIC'), 'private')
    same(await control('max-age=5, S-MaxAge=7, immutable'), 'private, max-age=5, immutable')
    ok(!(await control('private, public, max-age=5'))?.includes('public'), 'public stayed beside private')
    same((await answer(bench, LOOKS.data as never, page())).get('cache-control'), null)
  }),
  everywhere('Vary is added to, once', async (bench) => {
    const vary = async (value: string): Promise<string | null> =>
      (await answer(bench, LOOKS.data as never, page({ vary: value }))).get('vary')
    same(await vary('Accept'), 'Accept, Cookie')
    same(await vary('accept, COOKIE'), 'accept, COOKIE')
    same(await vary('*'), '*')
    same(await vary('X-Cookie'), 'X-Cookie, Cookie')
  }),
  everywhere('a read drops the headers that speak to shared caches alone', async (bench) => {
    for (const name of TARGETED) {
      const headers = await answer(bench, LOOKS.data as never, page({ [name]: 'max-age=60' }))
      same(headers.get(name), null, name)
    }
  }),
  ...Object.entries(WRITES).map(([name, write]) =>
    everywhere(`${name} sends a cookie, and no cache keeps that`, async (bench) => {
      const fresh = bench.sealed || name !== 'data' ? undefined : null
      for (const status of [200, 304, 404]) {
        const targeted = Object.fromEntries(TARGETED.map((it) => [it, 'public, max-age=60']))
        const given = {
          'cache-control': 'public, s-maxage=60',
          expires: 'Thu, 01 Jan 2032 00:00:00 GMT',
          age: '3',
          ...targeted,
        }
        const headers = await answer(bench, write, page(given, status), fresh)
        ok(headers.getSetCookie().length > 0, 'no cookie')
        same(headers.get('cache-control'), 'no-store')
        for (const it of [...TARGETED, 'expires', 'age']) same(headers.get(it), null, it)
      }
      ok(
        bench.events.some(({ type }) => type === 'public-response'),
        'nobody was told that a public response was overruled',
      )
    }),
  ),
  everywhere('an untouched response stays as cacheable as it was', async (bench) => {
    const given = {
      'cache-control': 'public, s-maxage=60',
      'cdn-cache-control': 'max-age=60',
      vary: 'Accept',
    }
    const response = page(given)
    const before = [...response.headers]
    same([...(await answer(bench, () => {}, response))], before)
  }),
  everywhere('a write without a cookie varies like a read', async (bench) => {
    // with a cache, it brings a new snapshot
    if (bench.sealed || bench.world.cached) return
    const headers = await answer(bench, WRITES.data as never, page({ 'cache-control': 'public' }))
    same(
      [headers.getSetCookie(), headers.get('cache-control'), headers.get('vary')],
      [[], 'private', 'Cookie'],
    )
  }),
])
