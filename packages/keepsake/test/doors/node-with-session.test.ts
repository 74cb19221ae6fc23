import { describe, expect, it, vi } from 'vitest'
import { withSession } from '../../src/node.ts'
import { count, listen, visitorOf } from './node-servers.ts'
import { backings, cookiesSet, world } from './world.ts'

describe.each(backings)('keepsake/node withSession, %s', (backing) => {
  it('remembers', async () => {
    const port = await listen(
      withSession(world(backing).sessions, (_req, res, session) => void res.end(`${count({ session })}`)),
    )
    const visitor = visitorOf(port)
    expect([await visitor.text('/'), await visitor.text('/')]).toEqual(['1', '2'])
  })

  it.each([
    ['throws', (): void => fail()],
    ['rejects', async (): Promise<void> => fail()],
  ])('P12 a handler that %s changes nothing and is answered for', async (_how, handle) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const port = await listen(
      withSession(world(backing).sessions, (_req, res, session) => {
        count({ session })
        res.setHeader('content-length', '3')
        return handle()
      }),
    )
    const response = await visitorOf(port).get('/')
    expect([response.status, await response.text(), cookiesSet(response)]).toEqual([
      500,
      'Internal Server Error',
      [],
    ])
    expect(log.mock.calls).toEqual([[new Error('by plan')]])
    log.mockRestore()
  })

  it('lets a response that was complete leave, though the handler failed after it', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const port = await listen(
      withSession(world(backing).sessions, (_req, res, session) => {
        res.end(`${count({ session })}`)
        fail()
      }),
    )
    const response = await visitorOf(port).get('/')
    expect([response.status, await response.text()]).toEqual([200, '1'])
    expect(log.mock.calls).toHaveLength(1)
    log.mockRestore()
  })

  it('survives a handler that goes on writing what was dropped', async () => {
    const port = await listen(
      withSession(
        world(backing).sessions,
        (_req, res, session) => {
          Object.assign(session.data, { note: () => 1 })
          res.write('a')
        },
        {
          onError: (_error, _req, res) => {
            res.end('sorry')
            res.write('b')
          },
        },
      ),
    )
    expect(await visitorOf(port).text('/')).toBe('sorry')
  })

  it('P6 a save that fails reaches onError', async () => {
    const codes: unknown[] = []
    const port = await listen(
      withSession(
        world(backing).sessions,
        (_req, res, session) => {
          Object.assign(session.data, { note: () => 1 })
          res.end('fine')
        },
        {
          onError: (error, _req, res) => {
            codes.push((error as { code?: string }).code)
            res.writeHead(503).end('later')
          },
        },
      ),
    )
    const response = await visitorOf(port).get('/')
    expect([response.status, await response.text()]).toEqual([503, 'later'])
    expect(codes).toEqual(['invalid_data'])
  })
})

function fail(): never {
  throw new Error('by plan')
}
