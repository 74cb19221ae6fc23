import { ok, same } from '../../promises/expect.ts'
import { begun, type Check, holding, isEventual, isSealed, json, NAME, ours, read } from '../check.ts'
import type { Served } from '../servers.ts'
import { visitorOf } from '../wire.ts'

const SEALED_SAVES = 'there is no store that could be down'
const COPY = 'a sealed session is in the cookie: a copy of it opens until it expires, and capabilities say so'

async function failing(served: Served, path: string): Promise<Response> {
  const visitor = await begun(served)
  const response = await visitor.post(path)
  ok(response.status >= 500, `answered ${response.status}`)
  same(response.headers.getSetCookie(), [], 'Set-Cookie')
  return response
}

export const saved: readonly Check[] = [
  {
    row: 'P6',
    name: 'what the answer says was saved is there for the next request',
    run: async (served) => {
      const visitor = await begun(served)
      for (const value of ['2', '3', '4']) {
        await visitor.post(`/write?value=${value}`)
        same((await read(visitor)).data, { n: value })
      }
    },
  },
  {
    row: 'P6',
    name: 'never 200 with a dead cookie: a store that is down answers as an error',
    absent: (served) => (isSealed(served) ? SEALED_SAVES : undefined),
    run: async (served) => {
      const visitor = await begun(served)
      await visitorOf(served).get('/break')
      const response = await visitor.post('/write?value=2')
      await visitorOf(served).get('/mend')
      ok(response.status >= 500, `answered ${response.status}`)
      same(response.headers.getSetCookie(), [])
      same((await read(visitor)).data, { n: '1' })
    },
  },
  {
    row: 'P6',
    name: 'nor what no cookie can hold',
    absent: (served) => (isSealed(served) ? undefined : 'a store holds it'),
    run: async (served) => void (await failing(served, '/huge')),
  },
  {
    row: 'P9',
    name: 'a logout is the first call of its request, and clears the cookie as it was set',
    run: async (served) => {
      const visitor = await begun(served)
      const [set = ''] = ours(await visitor.post('/write?value=2'))
      const [line = '', ...more] = ours(await visitor.post('/logout'))
      same(more, [])
      const attributes = (text: string): string[] =>
        text
          .split('; ')
          .slice(1)
          .filter((it) => !/^(max-age|expires)=/i.test(it))
          .sort()
      if (set !== '') same(attributes(line), attributes(set))
      ok(/; max-age=0(;|$)/i.test(line), line)
      same(visitor.cookie(NAME), undefined)
    },
  },
  {
    row: 'P9',
    name: 'a copy of the cookie opens nothing after the logout',
    absent: (served) => (isSealed(served) ? COPY : undefined),
    run: async (served) => {
      const visitor = await begun(served)
      const thief = visitor.steal()
      await visitor.post('/logout')
      same((await read(thief)).isNew, true)
    },
  },
  {
    row: 'P10',
    name: 'after a login the former cookie opens nothing',
    absent: (served) => (isSealed(served) ? COPY : undefined),
    run: async (served) => {
      const visitor = await begun(served)
      const thief = visitor.steal()
      const { owner } = await json<{ owner: string }>(visitor, '/login?owner=fay')
      same([owner, (await read(visitor)).owner, (await read(thief)).owner], ['fay', 'fay', null])
    },
  },
  {
    row: 'P10',
    name: 'sealed, the id changes at login and regenerate',
    absent: (served) => (isSealed(served) ? undefined : 'a stored session keeps its id, and ends its token'),
    run: async (served) => {
      const visitor = await begun(served)
      const ids = new Set([(await read(visitor)).id])
      for (const path of ['/login', '/regenerate']) ids.add((await json<{ id: string }>(visitor, path)).id)
      same(ids.size, 3)
      ok(ids.has((await read(visitor)).id), 'the id that was told is not the id that is')
    },
  },
  {
    row: 'P8',
    name: 'your devices: a revoked session never comes back, all others neither',
    absent: (served) => (isSealed(served) ? 'only a store lists and revokes' : undefined),
    run: async (served) => {
      const login = `/login?owner=dev-${crypto.randomUUID()}`
      const [desk, phone, tablet] = await Promise.all([1, 2, 3].map(() => begun(served, login)))
      if (!desk || !phone || !tablet) throw new Error('three are missing')
      const late = phone.get('/slow-read')
      await holding(served)
      const { id } = await read(phone)
      same((await json<string[]>(desk, '/list')).length, 3)
      same(await json(desk, `/revoke?id=${id}`), true)
      await visitorOf(served).get('/release')
      await late
      same([(await read(phone)).isNew, (await read(tablet)).isNew], [true, false])
      await desk.get('/revoke-others')
      same(
        [(await read(phone)).isNew, (await read(tablet)).isNew, (await read(desk)).isNew],
        [true, true, false],
      )
      same((await json<string[]>(desk, '/list')).length, 1)
    },
  },
  {
    row: 'P7',
    name: 'two requests at once that change different keys both win',
    absent: (served) =>
      isSealed(served)
        ? 'the browser keeps the last seal it gets; merging needs a store'
        : isEventual(served)
          ? 'Workers KV has no compare-and-set: of two writers the last wins'
          : undefined,
    run: async (served) => {
      const visitor = await begun(served)
      const keys = ['a', 'b', 'c', 'd']
      await Promise.all(keys.map((key) => visitor.post(`/write?key=${key}`)))
      same(Object.keys((await read(visitor)).data).sort(), [...keys, 'n'])
    },
  },
]
