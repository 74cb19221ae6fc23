import { expect, test } from 'vitest'
import { MemoryStore } from '../../src/index.ts'
import { NAME, type Options, site, write } from './server.ts'

const backings: readonly [string, () => Options][] = [
  ['sealed', () => ({})],
  ['stored', () => ({ store: new MemoryStore() })],
]

const visitors: readonly [string, Record<string, string>][] = [
  ['curl', { 'user-agent': 'curl/8.11.1', accept: '*/*' }],
  [
    'somebody who types the address',
    { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
  ],
  [
    'a page of our own',
    { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
  ],
  [
    'a link from elsewhere',
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
  ],
  ['somebody with other cookies', { cookie: 'theme=dark; _ga=GA1.1.1' }],
]

test.each(
  backings.flatMap(([name, options]) => visitors.map((visitor) => [name, ...visitor, options] as const)),
)('%s: %s is a plain anonymous visitor, and nobody hears of it', async (_backing, _visitor, headers, options) => {
  const { ask } = await site(options())
  const answer = await ask({ host: 'app.example', ...headers })
  expect(answer).toMatchObject({ status: 200, cookies: [], events: [] })
  expect(answer.why).toEqual({
    outcome: 'none',
    code: 'none',
    message: 'The request carried no session.',
    remedy: '',
  })
})

test('on http://localhost and 127.0.0.1 there is nothing to say either', async () => {
  const { ask, events } = await site({}, 'http')
  for (const host of ['localhost:3000', '127.0.0.1:3000', 'app.localhost']) await ask({ host })
  expect(events).toEqual([])
})

test.each(backings)('%s: a session that opens is loaded, and nobody hears of it', async (_name, options) => {
  const { ask, events } = await site(options())
  const { cookies } = await ask({ host: 'app.example' }, { handle: write })
  const again = await ask({ host: 'app.example', cookie: cookies[0]?.split(';', 1)[0] ?? '' })
  expect(again).toMatchObject({ text: '{"n":1}', why: { outcome: 'loaded', code: 'loaded', remedy: '' } })
  expect(cookies[0]).toContain(`${NAME}=`)
  expect(events).toEqual([])
})
