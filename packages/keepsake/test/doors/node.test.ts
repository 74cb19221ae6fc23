import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { MemoryStore, SessionManager } from '../../src/index.ts'
import { faultyStore, gatedStore } from '../../src/testing.ts'
import {
  bodyOf,
  count,
  type Handler,
  headerLines,
  listen,
  raw,
  serve,
  stacks,
  visitorOf,
} from './node-servers.ts'
import { backings, caching, cookiesSet, type Data, SECRET, type World, world } from './world.ts'

const NAME = 'session'
const matrix = Object.keys(stacks).flatMap((stack) => backings.map((backing) => [stack, backing] as const))

/** Counts at `/`, reads at `/read`, signs in and out; `/untouched` looks away. */
const shop: Handler = (req, res) => {
  const { session } = req
  const path = req.url ?? ''
  if (path === '/login') session.login('ada', { keep: ['visits'] })
  if (path === '/logout') {
    session.destroy()
    res.setHeader('set-cookie', 'a=1')
  }
  if (path === '/untouched') return void res.end('untouched')
  if (path === '/read') return void res.end(`${session.data.visits ?? 0} ${session.owner}`)
  res.end(String(path === '/' ? count(req) : ''))
}

describe.each(matrix)('keepsake/node, %s, %s', (stack, backing) => {
  const app = (here: World, handle = shop, errors: unknown[] = []): Promise<number> =>
    serve(here, handle, { errors }, stacks[stack])

  it('remembers, logs in and logs out', async () => {
    const visitor = visitorOf(await app(world(backing)))
    expect([await visitor.text('/'), await visitor.text('/')]).toEqual(['1', '2'])
    await visitor.get('/login')
    expect(await visitor.text('/read')).toBe('2 ada')
    await visitor.get('/logout')
    expect(visitor.cookie(NAME)).toBeUndefined()
    expect(await visitor.text('/read')).toBe('0 undefined')
  })

  it('P1 leaves a response alone if its session was not looked at, and opens nothing', async () => {
    const here = world(backing)
    const without = await listen((_req, res) => void res.end('untouched'))
    const bare = await raw(without, 'GET /untouched HTTP/1.1')
    const port = await app(here, (_req, res) => void res.end('untouched'))
    for (const lines of [[], ['Cookie: session=junk']]) {
      const answer = await raw(port, 'GET /untouched HTTP/1.1', ...lines)
      expect(headerLines(answer).filter((line) => !line.startsWith('X-Powered-By'))).toEqual(
        headerLines(bare),
      )
    }
    expect(here.events).toEqual(backing === 'sealed' ? [] : ['malformed'])
    expect(here.calls).toEqual([])
  })

  it('P1 tells a body that looks too late so', async () => {
    const codes: unknown[] = []
    const port = await app(world(backing), (req, res) => {
      res.write('a')
      try {
        count(req)
      } catch (error) {
        codes.push((error as { code?: string }).code)
      }
      res.end('b')
    })
    expect(await visitorOf(port).text('/')).toBe('ab')
    expect(codes).toEqual(['too_late'])
  })

  it('P6 answers no 200 with a cookie that is none, but lets the error handler answer', async () => {
    const errors: unknown[] = []
    const port = await app(
      world(backing),
      ({ session }, res) => {
        Object.assign(session.data, { note: () => 1 })
        res.setHeader('etag', '"1"')
        res.setHeader('x-request', '7')
        res.writeHead(200, 'Fancy', { 'content-type': 'text/fancy', 'content-length': '4' })
        res.write('fa')
        res.end('ke')
      },
      errors,
    )
    const response = await visitorOf(port).get('/')
    expect([response.status, await response.text()]).toEqual([500, 'sorry'])
    expect(errors).toEqual([expect.objectContaining({ code: 'invalid_data', path: expect.any(String) })])
    const { headers } = response
    expect(response.statusText).toBe('Internal Server Error')
    const names = ['etag', 'content-type', 'set-cookie', 'x-request', 'cache-control']
    expect(names.map((name) => headers.get(name))).toEqual([null, null, null, '7', 'no-store'])
  })

  it('P12 a handler that throws changes nothing, but what it asked to end ends', async () => {
    const errors: unknown[] = []
    const here = world(backing)
    const port = await app(
      here,
      (req, res) => {
        if (req.url === '/fail' || req.url === '/bye') count(req)
        if (req.url === '/bye') req.session.destroy()
        if (req.url === '/fail' || req.url === '/bye') throw new Error(req.url)
        return shop(req, res)
      },
      errors,
    )
    const visitor = visitorOf(port)
    await visitor.get('/')
    const failed = await visitor.get('/fail')
    expect([failed.status, cookiesSet(failed)]).toEqual([500, []])
    expect(await visitor.text('/read')).toBe('1 undefined')
    const left = await visitor.get('/bye')
    expect([left.status, cookiesSet(left)[0]]).toEqual([500, `-${NAME}`])
    expect(await visitor.text('/read')).toBe('0 undefined')
    expect(errors).toEqual([new Error('/fail'), new Error('/bye')])
  })

  it('P14 sets one cookie of a name, beside those of the app', async () => {
    const port = await app(world(backing), (req, res) => {
      count(req)
      req.session.login('ada', { keep: ['visits'] })
      res.setHeader('set-cookie', ['a=1', `${NAME}=stale`])
      res.writeHead(302, { location: '/read' }).end()
    })
    const response = await visitorOf(port).get('/', { redirect: 'manual' })
    expect([response.status, response.headers.get('location')]).toEqual([302, '/read'])
    expect(cookiesSet(response)).toEqual(['a', NAME])
  })

  it('P16 keeps a response that was only read from out of shared caches', async () => {
    const port = await app(world(backing), (req, res) => {
      res.setHeader('cache-control', 'public, max-age=60')
      res.end(req.url === '/untouched' ? '' : String(req.session.owner))
    })
    const visitor = visitorOf(port)
    expect(caching(await visitor.get('/'))).toEqual(['private, max-age=60', 'Cookie'])
    expect(caching(await visitor.get('/untouched'))).toEqual(['public, max-age=60', null])
  })

  it('works with files and streams that are piped', async () => {
    const here = world(backing)
    const port = await app(here, (req, res) => {
      count(req)
      if ('sendFile' in res) (res as { sendFile(path: string): void }).sendFile(import.meta.filename)
      else res.end('no such thing')
    })
    const response = await visitorOf(port).get('/')
    expect(cookiesSet(response)).toEqual([NAME])
    const expected = stack === 'node:http' ? 'no such thing' : await readFile(import.meta.filename, 'utf8')
    expect(await response.text()).toBe(expected)
  })
})

describe('keepsake/node, stored', () => {
  it('P6 saves before anything leaves', async () => {
    const gate = gatedStore(new MemoryStore())
    const sessions = new SessionManager<Data>({ secrets: SECRET, store: gate })
    const order: string[] = []
    const port = await serve({ sessions }, (req, res) => {
      res.end(`${count(req)}`)
      order.push('answered')
    })
    const response = raw(port, 'GET / HTTP/1.1').then((answer) => {
      order.push('received')
      return answer
    })
    const create = await gate.next()
    await create.run()
    order.push('stored')
    await create.release()
    expect(bodyOf(await response)).toBe('1')
    expect(order).toEqual(['answered', 'stored', 'received'])
  })

  it.each([
    'create',
    'update',
    'delete',
  ])('P6 hears from a store that fails at %s before headers are sent', async (call) => {
    let broken: string | undefined
    const store = faultyStore(new MemoryStore(), ({ method }) => (method === broken ? 'throw' : undefined))
    const sessions = new SessionManager<Data>({ secrets: SECRET, store, onEvent: () => undefined })
    const errors: unknown[] = []
    const visitor = visitorOf(await serve({ sessions }, shop, { errors }))
    if (call !== 'create') await visitor.get('/')
    broken = call
    const failing = call === 'delete' ? '/logout' : '/'
    const response = await visitor.get(failing)
    expect([response.status, await response.text()]).toEqual([500, 'sorry'])
    expect(errors).toEqual([expect.objectContaining({ code: 'store_unavailable' })])
    expect(cookiesSet(response)).toEqual(call === 'delete' ? ['a', `-${NAME}`] : [])
  })

  it('P27 sends a store that is down at the load to the error handler', async () => {
    const here = world('stored')
    const errors: unknown[] = []
    const visitor = visitorOf(await serve(here, shop, { errors }))
    await visitor.get('/')
    here.fault.now = 'throw'
    const response = await visitor.get('/')
    expect([response.status, cookiesSet(response)]).toEqual([500, []])
    expect(errors).toEqual([expect.objectContaining({ code: 'store_unavailable' })])
    here.fault.now = undefined
    expect(await visitor.text('/')).toBe('2')
  })
})
