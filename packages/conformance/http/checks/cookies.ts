import { ok, same } from '../../promises/expect.ts'
import { begun, type Check, cookieOf, NAME, read, type Seen } from '../check.ts'
import type { Served } from '../servers.ts'
import { jsonIn, raw, statusOf, visitorOf } from '../wire.ts'

async function seen(served: Served, ...lines: string[]): Promise<Seen> {
  const answer = await raw(served, '/read', lines)
  same(statusOf(answer), 200)
  return jsonIn(answer) as unknown as Seen
}

const isNode = ({ runtime, stack }: Served): boolean =>
  runtime.startsWith('Node') && !stack.startsWith('node:http2')

const HANDSHAKE = [
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
]

export const cookies: readonly Check[] = [
  {
    row: 'P23',
    name: 'a planted cookie of our name shuts nobody out, in either place',
    run: async (served) => {
      const cookie = cookieOf(await begun(served))
      for (const line of [`${NAME}=planted; ${cookie}`, `${cookie}; ${NAME}=planted`]) {
        same((await seen(served, `Cookie: ${line}`)).data, { n: '1' })
      }
    },
  },
  {
    row: 'P23',
    name: 'two that authenticate: nobody, and nothing is guessed or deleted',
    run: async (served) => {
      const [one, two] = [await begun(served), await begun(served)]
      const { isNew, outcome } = await seen(served, `Cookie: ${cookieOf(one)}; ${cookieOf(two)}`)
      same([isNew, outcome], [true, 'duplicate'])
      same([(await read(one)).isNew, (await read(two)).isNew], [false, false])
    },
  },
  {
    row: 'P26',
    name: 'whatever bytes a client sends: an answer, and nobody',
    run: async (served) => {
      const value = cookieOf(await begun(served)).slice(NAME.length + 1)
      for (const junk of junkOf(value)) {
        const answer = await raw(served, '/read', [`Cookie: ${NAME}=${junk}`])
        const status = statusOf(answer)
        // A server may refuse what is no header at all; nobody may fail.
        ok(status === 200 || (status >= 400 && status < 500), `${status} for ${JSON.stringify(junk)}`)
        if (status === 200) same((jsonIn(answer) as unknown as Seen).isNew, true, junk)
      }
    },
  },
  {
    row: 'P26',
    name: 'a jar full of other cookies is nothing to be afraid of',
    run: async (served) => {
      const cookie = cookieOf(await begun(served))
      const many = Array.from({ length: 100 }, (_, i) => `c${i}=${'x'.repeat(20)}`).join('; ')
      for (const line of [`${many}; ${cookie}`, `${cookie}; ${many}`]) {
        same((await seen(served, `Cookie: ${line}`)).data, { n: '1' })
      }
    },
  },
  {
    row: 'T-A10',
    name: 'Node: two Cookie lines are joined, and the visitor is known',
    absent: (served) => (isNode(served) ? undefined : 'about Node; T-A11 asks the others'),
    run: async (served) => {
      const cookie = cookieOf(await begun(served))
      for (const pair of [
        ['a=b', cookie],
        [cookie, 'a=b'],
      ]) {
        const lines = pair.map((it) => `Cookie: ${it}`)
        same((await seen(served, ...lines)).data, { n: '1' })
      }
    },
  },
  {
    row: 'T-A11',
    name: 'two Cookie lines: never somebody else, never an error',
    run: async (served) => {
      const [ada, eve] = [await begun(served, '/login?owner=ada'), await begun(served, '/login?owner=eve')]
      const lone = await seen(served, 'Cookie: a=b', `Cookie: ${cookieOf(ada)}`)
      ok(lone.owner === 'ada' || lone.isNew, `became ${lone.owner}`)
      const both = await seen(served, `Cookie: ${cookieOf(ada)}`, `Cookie: ${cookieOf(eve)}`)
      same(both.owner, null, 'owner, with two sessions in two lines')
    },
  },
  {
    row: 'T-A13',
    name: 'each Set-Cookie is a line of its own on the wire',
    run: async (served) => {
      const answer = await raw(served, '/busy', [])
      const lines = answer.slice(0, answer.indexOf('\r\n\r\n')).split('\r\n')
      const set = lines.filter((line) => /^set-cookie:/i.test(line)).map((line) => line.slice(12).trim())
      same([set.length, set.filter((line) => line.startsWith(`${NAME}=`)).length], [3, 1])
      ok(set.includes('own=1; Path=/'), `${set}`)
    },
  },
  {
    row: 'P15',
    name: 'a WebSocket handshake carries the cookie',
    absent: ({ stack }) =>
      stack === 'Bun.serve' ? undefined : 'only Bun has a handshake that takes headers',
    run: async (served) => {
      const answer = await raw(served, '/socket', HANDSHAKE)
      same(statusOf(answer), 101)
      const cookie = new RegExp(`\\r\\nset-cookie: *(${NAME}=[^;]+)`, 'i').exec(answer)?.[1]
      same((await seen(served, `Cookie: ${cookie}`)).data, { n: '1' })
    },
  },
  {
    row: 'P17',
    name: 'behind a proxy the cookie is prefixed, Secure, HttpOnly and Lax',
    run: async (served) => {
      const response = await visitorOf(served).post('/write')
      const [line = ''] = response.headers.getSetCookie()
      const attributes = line.split('; ').slice(1)
      for (const wanted of ['Path=/', 'Secure', 'HttpOnly', 'SameSite=Lax']) {
        ok(attributes.includes(wanted), `${wanted} is not in ${line}`)
      }
      ok(line.startsWith('__Host-Http-'), line)
    },
  },
]

/** What was never ours, in every shape a header can have. */
function junkOf(value: string): string[] {
  const cut = [1, 5, 20, value.length - 1].map((at) => value.slice(0, at))
  const flipped = [0, 6, value.length >> 1, value.length - 1].map(
    (at) => `${value.slice(0, at)}${value[at] === 'A' ? 'B' : 'A'}${value.slice(at + 1)}`,
  )
  const odd = [
    '',
    '=',
    '"',
    '""',
    `"${value}`,
    '%00',
    '%',
    '\x01',
    '\x7f',
    '\xff\xfe',
    'null',
    '{}',
    '..',
    '__proto__',
    '; ; ;=;',
    '=; =',
  ]
  return [
    ...odd,
    ...cut,
    ...flipped,
    `${value}A`,
    `${value}.${value}`,
    'A'.repeat(5_000),
    'é'.repeat(500),
    `${value}=`,
  ]
}
