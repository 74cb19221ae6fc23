import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fromRack, fromSinatra } from '../../src/import/rack.ts'
import { MemoryStore, type Reader, SessionManager } from '../../src/index.ts'
import { browser } from '../../src/testing.ts'
import { serve } from '../doors/node-servers.ts'
import { installedForRuby } from '../services.ts'
import { type Sinatra, sinatra } from './sinatra.ts'

interface Data {
  cart: { title: string; count: number; price: number }[]
  big: number
}

const ORIGIN = 'http://127.0.0.1'
const secret = randomBytes(64).toString('hex')
const common = {
  until: '2099-01-01',
  map: (old: Record<string, unknown>): Data => ({ cart: old.cart as Data['cart'], big: old.big as number }),
  owner: (old: Record<string, unknown>) => old.user as string,
}

const ways: [how: 'encrypted' | 'signed', reader: Reader<Data>][] = [
  ['encrypted', fromSinatra({ ...common, secret })],
  ['signed', fromRack({ ...common, legacyHmacSecret: secret })],
]

if (installedForRuby('sinatra/base', 'webrick')) {
  describe.each(ways)('moving out of Sinatra, whose cookies are %s', (how, reader) => {
    let old: Sinatra
    beforeAll(async () => {
      old = await sinatra(secret, how)
    }, 60_000)
    afterAll(() => old.close())

    it.each([
      ['a store', { store: new MemoryStore() }],
      ['the cookie', {}],
    ])('a visitor who signed in there goes on here, kept in %s', async (_, kept) => {
      const secrets = randomBytes(32).toString('hex')
      const sessions = new SessionManager<Data>({ secrets, accept: [reader], ...kept })
      let port = old.port
      const visitor = browser(
        (request) => fetch(new Request(request.url.replace(ORIGIN, `${ORIGIN}:${port}`), request)),
        {
          origin: ORIGIN,
        },
      )
      await visitor.post('/login', { user: 'ada' })
      const { user, cart, big } = JSON.parse(await visitor.text('/'))
      expect([user, cart.length]).toEqual(['ada', 1])

      port = await serve({ sessions: sessions as never }, ({ session }, res) => {
        const { owner, data } = session
        res.end(JSON.stringify({ owner, ...data }))
      })
      for (let visit = 1; visit <= 2; visit++) {
        expect(JSON.parse(await visitor.text('/'))).toEqual({ owner: 'ada', cart, big })
        expect(visitor.cookie('rack.session')).toBeUndefined()
      }
    })
  })
}
