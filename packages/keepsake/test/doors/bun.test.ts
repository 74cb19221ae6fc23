import { describe, expect, it } from 'vitest'
import { upgrade, withSession } from '../../src/bun.ts'
import { browser } from '../../src/testing.ts'
import { handlerPromises } from './handler-promises.ts'
import { backings, COOKIE, cookiesSet, ORIGIN, world } from './world.ts'

/** Bun's server, as far as upgrades go. */
class Server {
  handshakes: Response[] = []
  data: unknown[] = []

  upgrade(request: Request, { headers, data }: { headers?: HeadersInit; data: unknown }): boolean {
    if (request.headers.get('upgrade') !== 'websocket') return false
    this.handshakes.push(new Response(null, headers && { headers }))
    this.data.push(data)
    return true
  }
}

const socketRequest = (): Request => new Request(`${ORIGIN}/socket`, { headers: { upgrade: 'websocket' } })

describe('keepsake/bun', () => {
  handlerPromises((sessions, handle) => withSession(sessions, handle))

  it('passes on what Bun passes', async () => {
    const server = new Server()
    const handler = withSession(world('sealed').sessions, (_request, _session, given: Server) => {
      expect(given).toBe(server)
      return new Response('served')
    })
    expect(await (await handler(new Request(ORIGIN), server)).text()).toBe('served')
  })

  describe.each(backings)('%s: upgrade', (backing) => {
    it('P6 P15 saves, and sends the cookie with the handshake', async () => {
      const { sessions, events } = world(backing)
      const server = new Server()
      const handler = withSession(sessions, async (request, session, server: Server) => {
        session.data.visits = 1
        const headers = { 'sec-websocket-protocol': 'chat', 'set-cookie': 'own=1' }
        return upgrade(sessions, session, server, request, { headers, data: session.id })
      })
      await handler(socketRequest(), server)
      const [handshake] = server.handshakes
      expect(handshake && cookiesSet(handshake)).toEqual(['own', COOKIE])
      expect(handshake?.headers.get('sec-websocket-protocol')).toBe('chat')
      expect(server.data).toEqual([expect.any(String)])
      expect(events).toEqual([])
    })

    it('answers as ever where no socket is asked for', async () => {
      const { sessions, events } = world(backing)
      const handler = withSession(sessions, async (request, session) => {
        session.data.visits = 1
        const upgraded = await upgrade(sessions, session, new Server(), request)
        return upgraded ?? new Response('a socket lives here', { status: 426 })
      })
      const response = await browser(handler).get('/')
      expect([response.status, cookiesSet(response), events]).toEqual([426, [COOKIE], []])
    })

    it('upgrades nothing when the save fails', async () => {
      const { sessions } = world(backing)
      const server = new Server()
      const handler = withSession(sessions, (request, session) => {
        session.data.visits = Number.NaN
        return upgrade(sessions, session, server, request)
      })
      await expect(handler(socketRequest())).rejects.toMatchObject({ code: 'invalid_data' })
      expect(server.handshakes).toEqual([])
    })

    it('lets a handler upgrade by itself, and reports the cookie that went nowhere', async () => {
      const { sessions, events } = world(backing)
      const server = new Server()
      const handler = withSession(sessions, async (request, session) => {
        if (new URL(request.url).search) session.data.visits = 1
        else session.data.visits
        return server.upgrade(request, { data: undefined }) ? undefined : new Response()
      })
      expect(await handler(socketRequest())).toBeUndefined()
      expect(events).toEqual([])
      expect(await handler(new Request(`${ORIGIN}/?write`, socketRequest()))).toBeUndefined()
      expect(events).toEqual(['cookie-dropped'])
    })
  })
})
