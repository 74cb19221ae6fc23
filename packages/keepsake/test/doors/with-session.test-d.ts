import { describe, expectTypeOf, it } from 'vitest'
import { withSession as onBun, upgrade } from '../../src/bun.ts'
import { withSession as onCloudflare } from '../../src/cloudflare.ts'
import { withSession as onDeno } from '../../src/deno.ts'
import type { Session, SessionManager } from '../../src/index.ts'

interface Data {
  visits: number
}
type Mine = Session<Data, { notice: string }>

declare const sessions: SessionManager<Data, { notice: string }>

describe('keepsake/deno', () => {
  interface ServeHandlerInfo {
    readonly remoteAddr: { readonly hostname: string }
  }
  function serve(
    _handler: (request: Request, info: ServeHandlerInfo) => Response | Promise<Response>,
  ): void {}

  it('types what Deno passes', () => {
    serve(
      onDeno(sessions, (request, session, info) => {
        expectTypeOf(request).toEqualTypeOf<Request>()
        expectTypeOf(session).toEqualTypeOf<Mine>()
        expectTypeOf(info).toEqualTypeOf<ServeHandlerInfo>()
        return new Response(info.remoteAddr.hostname)
      }),
    )
  })

  it('types the session where nothing says what is passed', () => {
    const handle = onDeno(sessions, (request, session) => {
      expectTypeOf(request).toEqualTypeOf<Request>()
      expectTypeOf(session).toEqualTypeOf<Mine>()
      return new Response()
    })
    expectTypeOf(handle(new Request('https://example.test'))).toEqualTypeOf<Promise<Response>>()
  })

  it('wants a Response', () => {
    // @ts-expect-error a handler answers
    onDeno(sessions, () => undefined)
  })
})

describe('keepsake/bun', () => {
  interface Server {
    readonly port: number
    upgrade(request: Request, options: { headers?: HeadersInit; data: { id: string } }): boolean
  }
  interface BunRequest<Path extends string> extends Request {
    readonly params: { readonly [Name in Path]: string }
  }
  type Served = Response | undefined
  function serve(_options: {
    fetch?: (request: Request, server: Server) => Served | Promise<Served>
    routes?: Record<'/:id', (request: BunRequest<'id'>, server: Server) => Response | Promise<Response>>
  }): void {}

  it('types what Bun passes', () => {
    serve({
      fetch: onBun(sessions, (request, session, server) => {
        expectTypeOf(request).toEqualTypeOf<Request>()
        expectTypeOf(session).toEqualTypeOf<Mine>()
        expectTypeOf(server).toEqualTypeOf<Server>()
        return new Response()
      }),
    })
  })

  it('types the request of a route', () => {
    serve({
      routes: {
        '/:id': onBun(sessions, (request, session, server) => {
          expectTypeOf(request.params.id).toEqualTypeOf<string>()
          expectTypeOf(session).toEqualTypeOf<Mine>()
          expectTypeOf(server).toEqualTypeOf<Server>()
          return new Response(request.params.id)
        }),
      },
    })
  })

  it('lets a socket answer with undefined', () => {
    serve({
      fetch: onBun(sessions, async (request, session, server) => {
        const upgraded = await upgrade(sessions, session, server, request, { data: { id: session.id } })
        expectTypeOf(upgraded).toEqualTypeOf<Response | undefined>()
        return upgraded
      }),
    })
  })

  it('needs no data where sockets have none', () => {
    const server = {} as {
      upgrade(request: Request, options?: { headers?: HeadersInit; data?: undefined }): boolean
    }
    expectTypeOf(upgrade(sessions, {} as Mine, server, new Request(''))).toEqualTypeOf<
      Promise<Response | undefined>
    >()
  })

  it('wants the data that the socket is to have', () => {
    serve({
      fetch: onBun(sessions, async (request, session, server) => {
        // @ts-expect-error no data
        return upgrade(sessions, session, server, request, {})
      }),
    })
  })
})

describe('keepsake/cloudflare', () => {
  interface Env {
    readonly SESSION_SECRET: string
  }
  interface ExecutionContext {
    waitUntil(promise: Promise<unknown>): void
  }
  interface CfRequest extends Request {
    readonly cf: { readonly country: string }
  }
  interface Handler {
    fetch?: (request: CfRequest, env: Env, ctx: ExecutionContext) => Response | Promise<Response>
  }

  it('types what Workers pass', () => {
    const worker = {
      fetch: onCloudflare(sessions, (request, session, env, ctx) => {
        expectTypeOf(request).toEqualTypeOf<CfRequest>()
        expectTypeOf(session).toEqualTypeOf<Mine>()
        expectTypeOf(env).toEqualTypeOf<Env>()
        expectTypeOf(ctx).toEqualTypeOf<ExecutionContext>()
        return new Response()
      }),
    } satisfies Handler
    expectTypeOf(worker.fetch).parameters.toEqualTypeOf<[CfRequest, Env, ExecutionContext]>()
  })

  it('types env where a manager is made of it', () => {
    const fetch = onCloudflare(
      (_env: Env) => sessions,
      (_request, session, env) => {
        expectTypeOf(session).toEqualTypeOf<Mine>()
        expectTypeOf(env).toEqualTypeOf<Env>()
        return new Response()
      },
    )
    expectTypeOf(fetch).toExtend<(request: Request, env: Env) => Promise<Response>>()
  })
})
