import { once } from 'node:events'
import { request } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { describe, expect, it } from 'vitest'
import { bodyOf, count, type Handler, headerLines, raw, serve, visitorOf } from './node-servers.ts'
import { cookiesSet, world } from './world.ts'

const LINES = ['HTTP/1.1 418 I am one', 'X-Pot: tea', 'cache-control: no-store']

const UPGRADE = { upgrade: 'tea', connection: 'Upgrade' }

function withoutSession(answer: string): string[] {
  return headerLines(answer).filter((line) => !/^(set-cookie: session=|transfer-encoding)/i.test(line))
}

describe('keepsake/node: heads', () => {
  const heads: [string, (res: Parameters<Handler>[1]) => void, string[]][] = [
    [
      'writeHead(status)',
      (res) => res.writeHead(418),
      ["HTTP/1.1 418 I'm a Teapot", 'cache-control: no-store'],
    ],
    [
      'writeHead(status, reason)',
      (res) => res.writeHead(418, 'I am one'),
      ['HTTP/1.1 418 I am one', 'cache-control: no-store'],
    ],
    ['writeHead(status, reason, object)', (res) => res.writeHead(418, 'I am one', { 'X-Pot': 'tea' }), LINES],
    ['writeHead(status, reason, list)', (res) => res.writeHead(418, 'I am one', ['X-Pot', 'tea']), LINES],
    [
      'writeHead(status, object) with Set-Cookie',
      (res) => res.writeHead(200, { 'Set-Cookie': ['a=1', 'b=2'] }),
      ['HTTP/1.1 200 OK', 'cache-control: no-store', 'set-cookie: a=1', 'set-cookie: b=2'],
    ],
    [
      'writeHead(status, list) that repeats itself',
      (res) => res.writeHead(200, ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'X-A', '1', 'x-a', '2']),
      [
        'HTTP/1.1 200 OK',
        'X-A: 1',
        'X-A: 2',
        'cache-control: no-store',
        'set-cookie: a=1',
        'set-cookie: b=2',
      ],
    ],
    [
      'writeHead(status, pairs)',
      (res) => res.writeHead(200, [['X-A', '1'] as unknown as string, ['X-B', '2'] as unknown as string]),
      ['HTTP/1.1 200 OK', 'X-A: 1', 'X-B: 2', 'cache-control: no-store'],
    ],
    [
      'setHeader before writeHead',
      (res) => res.setHeader('X-A', '1').setHeader('x-b', '2').writeHead(200, { 'X-B': '3' }),
      ['HTTP/1.1 200 OK', 'X-A: 1', 'X-B: 3', 'cache-control: no-store'],
    ],
    [
      'statusCode and statusMessage',
      (res) => Object.assign(res, { statusCode: 202, statusMessage: 'Later' }),
      ['HTTP/1.1 202 Later', 'cache-control: no-store'],
    ],
  ]

  it.each(heads)('%s', async (_name, head, lines) => {
    const port = await serve(world('stored'), (req, res) => {
      count(req)
      head(res)
      res.end('tea')
    })
    const answer = await raw(port, 'GET / HTTP/1.1')
    expect(withoutSession(answer).filter((line) => !line.startsWith('Content-Length'))).toEqual(lines)
    expect(answer).toMatch(/^set-cookie: session=/im)
  })

  it('sends the length that Node would', async () => {
    const port = await serve(world('stored'), (req, res) => {
      count(req)
      res.end('tea')
    })
    expect(await raw(port, 'GET / HTTP/1.1')).toMatch(/^content-length: 3\r\n/im)
  })

  it('keeps a head as it was when the response began', async () => {
    const port = await serve(world('stored'), (req, res) => {
      count(req)
      res.setHeader('x-first', '1')
      res.end('first')
      res.statusCode = 500
      res.statusMessage = 'Second'
      res.setHeader('x-second', '2')
      res.removeHeader('x-first')
      res.end('second')
    })
    const answer = await raw(port, 'GET / HTTP/1.1')
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\nx-first: 1\r\n/)
    expect(answer).not.toContain('x-second')
    expect(bodyOf(answer)).toBe('first')
  })

  it('looks begun and ended while it waits', async () => {
    const seen: unknown[] = []
    const port = await serve(world('stored'), (req, res) => {
      count(req)
      seen.push(res.headersSent, res.writableEnded)
      seen.push(res.write('a'), res.headersSent, res.writableEnded)
      res.end('b')
      seen.push(res.headersSent, res.writableEnded)
      res.on('finish', () => seen.push(res.headersSent, res.writableEnded))
    })
    expect(await (await visitorOf(port).get('/')).text()).toBe('ab')
    expect(seen).toEqual([false, false, false, true, false, true, true, true, true])
  })

  it.each(['HTTP/1.1 204', 'HTTP/1.1 304'])('%s has its cookie', async (line) => {
    const port = await serve(world('stored'), (req, res) => {
      count(req)
      res.writeHead(Number(line.slice(-3))).end()
    })
    const answer = await raw(port, 'GET / HTTP/1.1')
    expect(answer).toContain(line)
    expect(answer).toMatch(/^set-cookie: session=/im)
    expect(bodyOf(answer)).toBe('')
  })

  it('HEAD has its cookie', async () => {
    const port = await serve(world('stored'), (req, res) => {
      count(req)
      res.end('body')
    })
    const answer = await raw(port, 'HEAD / HTTP/1.1')
    expect(answer).toMatch(/^set-cookie: session=/im)
    expect(bodyOf(answer)).toBe('')
  })

  it('101 has its cookie', async () => {
    const port = await serve(world('stored'), (req, res) => {
      count(req)
      res.writeHead(101, UPGRADE).end()
    })
    const [response, socket] = await once(
      request({ port, host: '127.0.0.1', headers: UPGRADE }).end(),
      'upgrade',
    )
    socket.destroy()
    expect(response.statusCode).toBe(101)
    expect(response.headers['set-cookie']).toHaveLength(1)
  })

  it('lets informational responses through at once', async () => {
    const port = await serve(world('stored'), (req, res) => {
      count(req)
      res.writeEarlyHints({ link: '</style.css>; rel=preload' })
      res.end('body')
    })
    expect(await raw(port, 'GET / HTTP/1.1')).toMatch(
      /^HTTP\/1.1 103 .*\r\nLink: .*\r\n\r\nHTTP\/1.1 200 OK/i,
    )
  })

  it('flushHeaders sends the head with its cookie, before the body is there', async () => {
    let goOn = (): void => undefined
    const port = await serve(world('stored'), (req, res) => {
      count(req)
      res.flushHeaders()
      goOn = () => res.end('body')
    })
    const response = await fetch(`http://127.0.0.1:${port}/`)
    expect(cookiesSet(response)).toEqual(['session'])
    goOn()
    expect(await response.text()).toBe('body')
  })
})

describe('keepsake/node: bodies', () => {
  it('buffers nothing afterwards', async () => {
    let write = (_chunk: string): boolean => false
    let end = (): void => undefined
    const port = await serve(world('stored'), (req, res) => {
      count(req)
      res.write('a')
      write = (chunk) => res.write(chunk)
      end = () => res.end()
    })
    const response = await fetch(`http://127.0.0.1:${port}/`)
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    expect(await reader.read()).toEqual({ done: false, value: new Uint8Array([97]) })
    expect(write('b')).toBe(true)
    expect(await reader.read()).toEqual({ done: false, value: new Uint8Array([98]) })
    end()
    expect(await reader.read()).toEqual({ done: true, value: undefined })
  })

  it.each([1, 40])('pipes a stream of %i chunks of 64 kB', async (chunks) => {
    const port = await serve(world('stored'), (req, res) => {
      count(req)
      Readable.from(Array.from({ length: chunks }, (_, at) => Buffer.alloc(65536, at))).pipe(res)
    })
    const body = Buffer.from(await (await visitorOf(port).get('/')).arrayBuffer())
    expect(body.length).toBe(chunks * 65536)
    expect(Array.from({ length: chunks }, (_, at) => body[at * 65536])).toEqual([...Array(chunks).keys()])
  })

  it('pipelines a stream', async () => {
    const port = await serve(world('stored'), async (req, res) => {
      count(req)
      await pipeline(Readable.from(['a', 'b', 'c']), res)
    })
    expect(await visitorOf(port).text('/')).toBe('abc')
  })

  it('drains once for who waited, and not after the end', async () => {
    let drains = 0
    const port = await serve(world('stored'), (req, res) => {
      count(req)
      res.on('drain', () => drains++)
      res.write('a')
      res.once('drain', () => res.end('b'))
    })
    expect(await visitorOf(port).text('/')).toBe('ab')
    expect(drains).toBe(1)
  })

  it('does not drain what has ended', async () => {
    let drains = 0
    const port = await serve(world('stored'), (req, res) => {
      count(req)
      res.on('drain', () => drains++)
      res.write('a')
      res.end('b')
    })
    expect(await visitorOf(port).text('/')).toBe('ab')
    expect(drains).toBe(0)
  })

  it('does not drain before the connection does', async () => {
    const full: boolean[] = []
    const port = await serve(world('stored'), (req, res) => {
      count(req)
      res.write(Buffer.alloc(20_000_000))
      res.once('drain', () => {
        full.push(res.writableNeedDrain)
        res.end()
      })
    })
    expect(await (await visitorOf(port).get('/')).arrayBuffer()).toHaveProperty('byteLength', 20_000_000)
    expect(full).toEqual([false])
  })

  it('calls back for write and end', async () => {
    const called: string[] = []
    const port = await serve(world('stored'), (req, res) => {
      count(req)
      res.write('a', () => called.push('write'))
      res.end('b', 'utf8', () => called.push('end'))
    })
    expect(await visitorOf(port).text('/')).toBe('ab')
    expect(called).toEqual(['write', 'end'])
  })

  it('reports what Node can not send to the error handler', async () => {
    const errors: unknown[] = []
    const port = await serve(
      world('stored'),
      (req, res) => {
        count(req)
        res.end(42 as unknown as string)
      },
      { errors },
    )
    const response = await visitorOf(port).get('/')
    expect([response.status, await response.text()]).toEqual([500, 'sorry'])
    expect(errors).toHaveLength(1)
  })

  it('cuts off what Node can not go on sending', async () => {
    const port = await serve(world('stored'), (req, res) => {
      count(req)
      res.write('a')
      res.end(42 as unknown as string)
    })
    await expect(visitorOf(port).text('/')).rejects.toThrow()
  })

  it('serves one request after the other on a connection', async () => {
    const sockets = new Set<unknown>()
    const port = await serve(world('stored'), (req, res) => {
      sockets.add(req.socket)
      res.end(`${count(req)}`)
    })
    const visitor = visitorOf(port)
    expect([await visitor.text('/'), await visitor.text('/'), await visitor.text('/')]).toEqual([
      '1',
      '2',
      '3',
    ])
  })

  it('saves for a client that has gone, and does not fail', async () => {
    const here = world('stored')
    let leave = (): void => undefined
    const left = new Promise<void>((resolve) => {
      leave = resolve
    })
    const port = await serve(here, (req, res) => {
      if (req.url === '/') {
        count(req)
        client.destroy()
        res.on('close', () => {
          res.end('nobody')
          leave()
        })
      } else {
        res.end('still here')
      }
    })
    const client = request({ port, host: '127.0.0.1' }).on('error', () => undefined)
    client.end()
    await left
    expect(await visitorOf(port).text('/else')).toBe('still here')
    expect(here.calls).toEqual(['create'])
  })
})
