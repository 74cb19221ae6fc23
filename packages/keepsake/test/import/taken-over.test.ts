import { describe, expect, it } from 'vitest'
import { fromH3 } from '../../src/import/h3.ts'
import { fromHonoSession } from '../../src/import/hono-session.ts'
import { fromIronSession } from '../../src/import/iron-session.ts'
import { fromReactRouter } from '../../src/import/react-router.ts'
import { MemoryStore, type Reader, SessionManager } from '../../src/index.ts'
import type { Jar } from './kit.ts'
import {
  committed,
  type Data,
  h3v1,
  h3v2,
  honoSession,
  ironSession8,
  ironSession9,
  OTHER,
  reactRouter,
  remix2,
  SECRET,
} from './old-apps.ts'

/** More than a cookie holds, where the library spreads a session over several. */
const LONG: Data = { user: 'ada', cart: ['x'.repeat(7_000)] }
const DATA: Data = { user: 'ada', cart: ['book'] }

/** In an hour: the old libraries tell the time themselves, and some of their sessions would not live on for longer. */
const UNTIL = Date.now() + 3_600_000
const common = {
  until: new Date(UNTIL),
  map: (old: Data): Data => ({ cart: old.cart }),
  owner: (old: Data) => old.user as string,
}
const h3 = fromH3({ ...common, password: SECRET })
const iron = fromIronSession({ ...common, password: SECRET, name: 'auth' })
const signed = { secrets: [SECRET] }

const apps: [name: string, reader: Reader<Data>, app: () => Promise<Jar>, data: Data][] = [
  ['iron-session 8', iron, () => ironSession8({}, DATA), DATA],
  ['iron-session 9, in parts', iron, () => ironSession9({ chunk: true }, LONG), LONG],
  ['h3 1', h3, () => h3v1({}, DATA), DATA],
  ['h3 2, in parts', h3, () => h3v2({}, LONG), LONG],
  ['@hono/session', fromHonoSession({ ...common, secret: SECRET }), () => honoSession({}, DATA), DATA],
  [
    'React Router',
    fromReactRouter({ ...common, ...signed }),
    () => committed(reactRouter.cookie(signed), DATA),
    DATA,
  ],
  ['Remix', fromReactRouter({ ...common, ...signed }), () => committed(remix2.cookie(signed), DATA), DATA],
]

describe.each(apps)('a session of %s', (_, reader, app, data) => {
  it('goes on here, and each of its cookies is expired', async () => {
    const sessions = new SessionManager<Data>({ secrets: OTHER, store: new MemoryStore(), accept: [reader] })
    const jar = await app()
    const session = await sessions.load(request(jar))
    expect([session.owner, session.data]).toEqual(['ada', { cart: data.cart }])
    const [ours = '', ...cleared] = (await sessions.save(session)).map((line) => line.split(';', 2).join(';'))
    expect(cleared.sort()).toEqual(
      Object.keys(jar)
        .map((name) => `${name}=; Max-Age=0`)
        .sort(),
    )
    const [pair = ''] = ours.split(';')
    const next = await sessions.load(request(Object.fromEntries([pair.split('=')])))
    expect([next.owner, next.data]).toEqual(['ada', { cart: data.cart }])
  })

  it('opens nothing from the date on', async () => {
    const at = (clock: () => number) =>
      new SessionManager<Data>({ secrets: OTHER, store: new MemoryStore(), accept: [reader], clock })
    const jar = await app()
    expect((await at(() => UNTIL - 1).load(request(jar))).outcome).toBe('accepted')
    const session = await at(() => UNTIL).load(request(jar))
    expect([session.outcome, session.owner, { ...session.data }]).toEqual(['none', undefined, {}])
  })

  it('ends here with its cookies', async () => {
    const sessions = new SessionManager<Data>({ secrets: OTHER, store: new MemoryStore(), accept: [reader] })
    const jar = await app()
    const session = await sessions.load(request(jar))
    session.destroy()
    const names = (await sessions.save(session)).map((line) => line.split('=', 1)[0])
    expect(names).toEqual(expect.arrayContaining(Object.keys(jar)))
    expect((await sessions.load(request(jar))).owner).toBeUndefined()
  })
})

function request(jar: Jar): Request {
  const cookie = Object.entries(jar)
    .map((pair) => pair.join('='))
    .join('; ')
  return new Request('https://app.example/', { headers: { cookie } })
}
