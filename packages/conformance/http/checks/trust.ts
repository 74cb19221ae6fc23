import { ok, same } from '../../promises/expect.ts'
import {
  begun,
  type Check,
  cookieOf,
  isEventual,
  isSealed,
  json,
  NAME,
  ours,
  read,
  type Seen,
} from '../check.ts'
import { visitorOf } from '../wire.ts'

const NO_STORE = 'there is no store that could be down'

export const trust: readonly Check[] = [
  {
    row: 'P11',
    name: 'what this app did not make is never adopted',
    run: async (served) => {
      const [visitor, other] = [visitorOf(served), await begun(served)]
      const made = Array.from(
        crypto.getRandomValues(new Uint8Array(120)),
        (byte) => 'AaBbCcDd'[byte % 8],
      ).join('')
      visitor.plant(`${NAME}=${made}; Path=/; Secure; HttpOnly`)
      const { id, isNew } = await json<Seen>(visitor, '/write')
      same([isNew, (await read(visitor)).id], [true, id])
      ok(cookieOf(visitor) !== `${NAME}=${made}`, 'the planted cookie is still there')
      ok((await read(other)).id !== id, 'it is the session of somebody else')
    },
  },
  {
    row: 'P24',
    name: 'no answer has a token or a seal in its body',
    run: async (served) => {
      const visitor = await begun(served, '/login')
      const value = cookieOf(visitor).slice(NAME.length + 1)
      for (const path of ['/read', '/throw', '/nowhere']) {
        ok(!(await visitor.text(path)).includes(value), `${path} tells it`)
      }
    },
  },
  {
    row: 'P27',
    name: 'a store that is down: an error, and the cookie stays what it was',
    absent: (served) => (isSealed(served) ? NO_STORE : undefined),
    run: async (served) => {
      const visitor = await begun(served)
      const before = cookieOf(visitor)
      await visitorOf(served).get('/break')
      const response = await visitor.get('/read')
      await visitorOf(served).get('/mend')
      ok(response.status >= 500, `answered ${response.status}`)
      same([response.headers.getSetCookie(), cookieOf(visitor)], [[], before])
      same((await read(visitor)).data, { n: '1' })
    },
  },
  {
    row: 'P27',
    name: 'a logout that the store did not carry out: an error, and the cookie expires all the same',
    absent: (served) => (isSealed(served) ? NO_STORE : undefined),
    run: async (served) => {
      const visitor = await begun(served)
      await visitorOf(served).get('/break?only=delete')
      const response = await visitor.post('/logout')
      await visitorOf(served).get('/mend')
      ok(response.status >= 500, `answered ${response.status}`)
      same([ours(response).length, visitor.cookie(NAME)], [1, undefined])
    },
  },
  {
    row: 'P28',
    name: 'the outcome says why a session is empty',
    run: async (served) => {
      const visitor = await begun(served)
      same([(await read(visitorOf(served))).outcome, (await read(visitor)).outcome], ['none', 'loaded'])
      const value = cookieOf(visitor).slice(NAME.length + 1)
      const at = value.length >> 1
      const changed = `${value.slice(0, at)}${value[at] === 'A' ? 'B' : 'A'}${value.slice(at + 1)}`
      const told = await json<Seen>(withCookie(visitorOf(served), changed), '/read')
      same(told.outcome, 'tampered')
      if (isSealed(served)) return
      const thief = visitor.steal()
      await visitor.post('/logout')
      same((await read(thief)).outcome, isEventual(served) ? 'not-yet-visible' : 'unknown')
    },
  },
]

function withCookie<V extends { plant(line: string): boolean }>(visitor: V, value: string): V {
  visitor.plant(`${NAME}=${value}; Path=/; Secure; HttpOnly`)
  return visitor
}
