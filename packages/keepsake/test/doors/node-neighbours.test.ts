import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import compression from 'compression'
import { describe, expect, it } from 'vitest'
import { session } from '../../src/node.ts'
import {
  count,
  type Handler,
  listen,
  type Request,
  serve,
  stacks,
  type Use,
  visitorOf,
} from './node-servers.ts'
import { caching, cookiesSet, world } from './world.ts'

const press = compression({ threshold: 0 }) as unknown as Use
const places = ['before', 'after'] as const
const TEXT = 'tea, '.repeat(20_000)

/** Sets a header at the last moment, as on-headers does. */
function atHead(change: (res: Parameters<Use>[1]) => void): Use {
  return (_req, res, next) => {
    const { writeHead } = res
    let done = false
    const once = (...args: Parameters<typeof writeHead>): typeof res => {
      if (!done) change(res)
      done = true
      return writeHead.apply(res, args)
    }
    Object.assign(res, { writeHead: once })
    next()
  }
}

const bodies: [string, Handler][] = [
  ['end', (_req, res) => res.end(TEXT)],
  [
    'small writes that wait for drain',
    async (_req, res) => {
      for (let at = 0; at < TEXT.length; at += 1000) {
        if (res.write(TEXT.slice(at, at + 1000))) continue
        await new Promise<void>((resolve) => res.once('drain', resolve))
      }
      res.end()
    },
  ],
  ['a pipe of small chunks', (_req, res) => Readable.from(TEXT.match(/.{1,500}/g) ?? []).pipe(res)],
  [
    'a pipe of large chunks',
    (_req, res) => Readable.from([TEXT.slice(0, 70_000), TEXT.slice(70_000)]).pipe(res),
  ],
]

const cases = places.flatMap((place) => bodies.map(([name, body]) => [place, name, body] as const))

describe('keepsake/node beside compression', () => {
  it.each(cases)('mounted %s the sessions: %s', async (place, _name, body) => {
    const handle: Handler = (req, res) => {
      count(req)
      res.setHeader('content-type', 'text/plain')
      return body(req, res)
    }
    const visitor = visitorOf(await serve(world('stored'), handle, { [place]: press }))
    const response = await visitor.get('/', { headers: { 'accept-encoding': 'gzip' } })
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect(cookiesSet(response)).toEqual(['session'])
    expect((await response.text()) === TEXT).toBe(true)
  })

  it.each(places)('mounted %s the sessions: what is dropped leaves no trace', async (place) => {
    const errors: unknown[] = []
    const handle: Handler = ({ session }, res) => {
      Object.assign(session.data, { note: () => 1 })
      res.setHeader('content-type', 'text/plain')
      res.write('lost')
      res.end('too')
    }
    const visitor = visitorOf(await serve(world('stored'), handle, { [place]: press, errors }))
    const response = await visitor.get('/', { headers: { 'accept-encoding': 'gzip' } })
    expect([response.status, await response.text()]).toEqual([500, 'sorry'])
    expect(errors).toHaveLength(1)
  })

  it('untouched, it is as without sessions', async () => {
    const port = await serve(world('stored'), (_req, res) => res.end(TEXT), { before: press })
    const response = await visitorOf(port).get('/', { headers: { 'accept-encoding': 'gzip' } })
    expect((await response.text()) === TEXT).toBe(true)
  })
})

describe('keepsake/node beside those who set headers at the last moment', () => {
  it.each(places)('mounted %s the sessions: both have their way', async (place) => {
    const late = atHead((res) =>
      res.setHeader('set-cookie', [res.getHeader('set-cookie') ?? [], 'late=1'].flat() as string[]),
    )
    const port = await serve(world('stored'), (req, res) => res.end(String(count(req))), { [place]: late })
    expect(cookiesSet(await visitorOf(port).get('/')).sort()).toEqual(['late', 'session'])
  })

  it('who wraps writeHead after the sessions is called once', async () => {
    let calls = 0
    const counter: Use = (_req, res, next) => {
      const { writeHead } = res
      const counted = (...args: Parameters<typeof writeHead>): typeof res => {
        calls++
        return writeHead.apply(res, args)
      }
      Object.assign(res, { writeHead: counted })
      next()
    }
    const port = await serve(world('stored'), (req, res) => res.end(String(count(req))), { after: counter })
    expect(await visitorOf(port).text('/')).toBe('1')
    expect(calls).toBe(1)
  })

  it('who has kept a method of a response that was dropped writes into nothing', async () => {
    const { sessions } = world('stored')
    const port = await listen((req, res) => {
      let stale = (_chunk: string): boolean => true
      const answer = (): void => {
        stale('lost')
        res.end('sorry')
      }
      session(sessions)(req, res, (error) => {
        if (error) return answer()
        const { write } = res
        stale = (chunk) => write.call(res, chunk, 'utf8')
        Object.assign((req as Request).session.data, { note: () => 1 })
        return res.end('fine')
      })
    })
    expect(await visitorOf(port).text('/')).toBe('sorry')
  })

  it('who comes after the sessions can not make the response public', async () => {
    const late = atHead((res) => res.setHeader('cache-control', 'public'))
    const here = world('stored')
    const port = await serve(here, (req, res) => res.end(String(count(req))), { after: late })
    expect(caching(await visitorOf(port).get('/'))[0]).toBe('no-store')
    expect(here.events).toEqual(['public-response'])
  })

  it('who comes before them and drops the cookie is reported', async () => {
    const here = world('stored')
    const port = await serve(here, (req, res) => res.end(String(count(req))), {
      before: atHead((res) => res.removeHeader('set-cookie')),
    })
    expect(cookiesSet(await visitorOf(port).get('/'))).toEqual([])
    await setImmediate()
    expect(here.events).toEqual(['cookie-dropped'])
  })
})

describe('keepsake/node with others of its kind', () => {
  it('mounted twice, sets one cookie', async () => {
    const here = world('stored')
    const twice = session(here.sessions) as unknown as Use
    const port = await serve(here, (req, res) => res.end(String(count(req))), { before: twice, after: twice })
    const visitor = visitorOf(port)
    expect(cookiesSet(await visitor.get('/'))).toEqual(['session'])
    expect(await visitor.text('/')).toBe('2')
    expect(here.calls).toEqual(['create', 'get', 'update'])
  })

  it('two managers each set theirs', async () => {
    const [here, there] = [world('stored'), world('sealed', 'admin')]
    const admin: Use = (req, res, next) =>
      session(there.sessions)(req, res, (error) => {
        Object.assign(req, { admin: (req as Request).session })
        next(error)
      })
    const port = await serve(
      here,
      (req, res) => {
        const { admin } = req as unknown as { admin: Request['session'] }
        const counts = `${count(req)} ${count({ session: admin })}`
        if (req.url === '/fail') throw new Error('by plan')
        res.end(counts)
      },
      { before: admin },
    )
    const visitor = visitorOf(port)
    expect(cookiesSet(await visitor.get('/')).sort()).toEqual(['admin', 'session'])
    expect(await visitor.text('/')).toBe('2 2')
    expect((await visitor.get('/fail')).status).toBe(500)
    expect(await visitor.text('/')).toBe('3 3')
  })
})

describe('keepsake/node beside those who answer by themselves', () => {
  it('does not make them wait for the load, and tells the handler that it is late', async () => {
    const codes: unknown[] = []
    let handled = (): void => undefined
    const done = new Promise<void>((resolve) => {
      handled = resolve
    })
    const hasty: Use = (_req, res, next) => {
      next()
      res.end('busy')
      codes.push(res.headersSent)
    }
    const port = await serve(
      world('stored'),
      (req) => {
        try {
          count(req)
        } catch (error) {
          codes.push((error as { code?: string }).code)
        }
        handled()
      },
      { before: hasty },
    )
    const response = await visitorOf(port).get('/')
    expect([await response.text(), cookiesSet(response)]).toEqual(['busy', []])
    await done
    expect(codes).toEqual([true, 'too_late'])
  })
})

describe('keepsake/node, lazy', () => {
  type Lazy = { readonly session: () => Promise<Request['session']> }
  const lazily = (handle: (req: Request & Lazy, res: Parameters<Handler>[1]) => unknown): Handler =>
    handle as Handler

  it.each(Object.keys(stacks))('P1 makes no store call until it is called: %s', async (stack) => {
    const here = world('stored')
    const handle = lazily(async (req, res) => {
      if (req.url === '/untouched') return res.end('untouched')
      const [one, two] = [await req.session(), await req.session()]
      return res.end(`${count({ session: one })} ${one === two}`)
    })
    const visitor = visitorOf(await serve(here, handle, { lazy: true }, stacks[stack]))
    expect(await visitor.text('/')).toBe('1 true')
    here.calls.length = 0
    expect(await visitor.text('/untouched')).toBe('untouched')
    expect(here.calls).toEqual([])
    expect(await visitor.text('/')).toBe('2 true')
  })

  it('P1 says so when it is called too late', async () => {
    const codes: unknown[] = []
    const port = await serve(
      world('stored'),
      lazily(async (req, res) => {
        res.write('a')
        const session = await req.session()
        try {
          count({ session })
        } catch (error) {
          codes.push((error as { code?: string }).code)
        }
        res.end('b')
      }),
      { lazy: true },
    )
    expect(await visitorOf(port).text('/')).toBe('ab')
    expect(codes).toEqual(['too_late'])
  })

  it('waits for a session that is asked for and not there yet', async () => {
    const port = await serve(
      world('stored'),
      lazily((req, res) => {
        req.session().then((session) => count({ session }))
        res.end('asked')
      }),
      { lazy: true },
    )
    expect(cookiesSet(await visitorOf(port).get('/'))).toEqual(['session'])
  })

  it('P27 lets the app answer when the store is down', async () => {
    const here = world('stored')
    const port = await serve(
      here,
      lazily(async (req, res) => {
        const found = await req.session().catch((error) => error)
        res.end(found.code ?? String(count({ session: found })))
      }),
      { lazy: true },
    )
    const visitor = visitorOf(port)
    await visitor.get('/')
    here.fault.now = 'throw'
    expect(await visitor.text('/')).toBe('store_unavailable')
  })
})
