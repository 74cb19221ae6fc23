import { ok, same } from '../../promises/expect.ts'
import { begun, type Check, holding, isSealed, json, NAME, ours, read } from '../check.ts'
import { visitorOf } from '../wire.ts'

const SEALED = 'sealed sessions make no store calls'

export const cost: readonly Check[] = [
  {
    row: 'P1',
    name: 'a page that never looks leaves its headers as they were, with and without a session',
    run: async (served) => {
      for (const visitor of [visitorOf(served), await begun(served)]) {
        const { headers } = await visitor.get('/plain')
        same(headers.getSetCookie(), [], 'Set-Cookie')
        same(headers.get('vary'), null, 'Vary')
        same(
          [headers.get('cache-control'), headers.get('cdn-cache-control')],
          ['public, max-age=60', 'max-age=60'],
        )
        same(headers.get('etag'), '"v1"')
      }
    },
  },
  {
    row: 'P1',
    name: 'fifty visitors who look and write nothing leave no record and no cookie',
    run: async (served) => {
      await json(visitorOf(served), '/calls')
      for (let i = 0; i < 50; i++) {
        const visitor = visitorOf(served)
        same((await visitor.get('/read')).headers.getSetCookie(), [])
      }
      same(await json(visitorOf(served), '/calls'), [])
    },
  },
  {
    row: 'P2',
    name: 'a request that only reads sends no cookie',
    run: async (served) => {
      const visitor = await begun(served)
      for (let i = 0; i < 3; i++) same((await visitor.get('/read')).headers.getSetCookie(), [])
    },
  },
  {
    row: 'P2',
    name: 'and writes nothing to the store',
    absent: (served) => (isSealed(served) ? SEALED : undefined),
    run: async (served) => {
      const visitor = await begun(served)
      await json(visitor, '/calls')
      await read(visitor)
      const calls = await json<string[]>(visitorOf(served), '/calls')
      ok(calls.length > 0 && calls.every((call) => call === 'get'), `${calls}`)
    },
  },
  {
    row: 'P3',
    name: 'a read that answers after a logout does not bring the session back',
    run: async (served) => {
      const visitor = await begun(served)
      const late = visitor.get('/slow-read')
      await holding(served)
      await visitor.post('/logout')
      await visitorOf(served).get('/release')
      same(ours(await late), [])
      same([visitor.cookie(NAME), (await read(visitor)).isNew], [undefined, true])
    },
  },
]
