import { ok, same } from '../../promises/expect.ts'
import { begun, type Check, json, NAME, ours, read } from '../check.ts'
import type { Served } from '../servers.ts'
import { visitorOf } from '../wire.ts'

const OWN = ['own=1; Path=/', 'other=2, 3; Path=/; Expires=Thu, 01 Jan 2032 00:00:00 GMT']

const NO_RESPONSE = 'node:http and Express have no Response that a handler could throw'
const isFetch = ({ stack }: Served): boolean => !/^(node:|Express)/.test(stack)

export const responses: readonly Check[] = [
  {
    row: 'P12',
    name: 'a handler that throws changes nothing',
    run: async (served) => {
      const visitor = await begun(served)
      const response = await visitor.post('/throw?value=2')
      same([response.status, response.headers.getSetCookie()], [500, []])
      same((await read(visitor)).data, { n: '1' })
    },
  },
  {
    row: 'P12',
    name: 'except that a destroy it asked for is carried out, and its cookie expired',
    run: async (served) => {
      const visitor = await begun(served)
      const response = await visitor.post('/destroy-and-throw')
      same([response.status, ours(response).length, visitor.cookie(NAME)], [500, 1, undefined])
      same((await read(visitor)).isNew, true)
    },
  },
  {
    row: 'P12',
    name: 'a thrown Response is an ordinary one, and commits',
    absent: (served) => (isFetch(served) ? undefined : NO_RESPONSE),
    run: async (served) => {
      const visitor = await begun(served)
      const response = await visitor.post('/throw-response?value=2')
      same([response.status, await response.text()], [403, 'thrown'])
      same((await read(visitor)).data, { n: '2' })
    },
  },
  {
    row: 'P14',
    name: 'one Set-Cookie of our name, whatever a request did; those of the app stay',
    run: async (served) => {
      const response = await visitorOf(served).post('/busy')
      same(ours(response).length, 1)
      same(
        response.headers.getSetCookie().filter((line) => !line.startsWith(NAME)),
        OWN,
      )
      const leaving = await (await begun(served)).post('/in-and-out')
      same(ours(leaving).length, 1)
      ok(/max-age=0/i.test(ours(leaving)[0] ?? ''), 'the logout is what counts')
    },
  },
  ...[
    ['a redirect, whose headers are immutable', '/redirect', 303],
    ['204', '/no-content', 204],
    ['304', '/not-modified', 304],
    ['an error response', '/teapot', 418],
  ].map(
    ([name, path, status]): Check => ({
      row: 'P15',
      name: `${name} carries the cookie`,
      run: async (served) => {
        const visitor = visitorOf(served)
        const response = await visitor.post(String(path), {}, { redirect: 'manual' })
        same([response.status, ours(response).length], [status, 1])
        if (status === 303) same(response.headers.get('location'), 'https://example.test/read')
        if (status === 304) same(response.headers.get('etag'), '"v1"')
        same((await read(visitor)).data, { n: '1' })
      },
    }),
  ),
  {
    row: 'P15',
    name: 'a stream goes out as it comes, never buffered',
    run: async (served) => {
      const visitor = visitorOf(served)
      const response = await visitor.get('/stream')
      same(ours(response).length, 1, 'answered before the stream was over')
      const reader = (response.body as ReadableStream<Uint8Array>).getReader()
      const { value } = await reader.read()
      same(new TextDecoder().decode(value), 'one', 'the first part')
      same(await json(visitorOf(served), '/held'), true, 'the second part is still to come')
      await visitorOf(served).get('/release')
      let rest = ''
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        rest += new TextDecoder().decode(part.value)
      }
      same(rest, 'two')
      same((await read(visitor)).data, { n: '1' })
    },
  },
  {
    row: 'P16',
    name: 'what sets or clears a cookie is not stored, by anybody',
    run: async (served) => {
      const visitor = visitorOf(served)
      for (const path of ['/write-cached', '/logout']) {
        const { headers } = await visitor.post(path)
        ok(headers.get('cache-control')?.includes('no-store'), `${path}: ${headers.get('cache-control')}`)
        same(headers.get('cdn-cache-control'), null)
      }
    },
  },
  {
    row: 'P16',
    name: 'where the session was only read the answer varies on Cookie, and is not public',
    run: async (served) => {
      const { headers } = await (await begun(served)).get('/cached')
      ok(/\bcookie\b/i.test(headers.get('vary') ?? ''), `Vary: ${headers.get('vary')}`)
      ok(!headers.get('cache-control')?.includes('public'), `${headers.get('cache-control')}`)
      same(headers.get('cdn-cache-control'), null)
    },
  },
  {
    row: 'Flash',
    name: 'a message is kept until it is taken, once',
    run: async (served) => {
      const visitor = visitorOf(served)
      await visitor.post('/flash')
      await read(visitor)
      same([await json(visitor, '/take'), await json(visitor, '/take')], ['saved', null])
    },
  },
]
