import fastifySecureSession, { type Session } from '@fastify/secure-session'
import Fastify from 'fastify'
import { cookieHeader, type Data, request } from '../data.ts'
import { type AtWork, type Subject, steps } from '../subject.ts'

const cookieOptions = { path: '/', httpOnly: true, secure: true, sameSite: 'lax' } as const

/** Fastify alone has it; measured by the decorators its own hooks use. */
export const secureSession: Subject = {
  name: '@fastify/secure-session',
  kind: 'peer',
  async start(data: Data): Promise<AtWork> {
    const app = Fastify()
    await app.register(fastifySecureSession, {
      key: Buffer.alloc(32, 7),
      cookieName: 'sid',
      cookie: cookieOptions,
    })
    await app.ready()
    const told = (session: Session): string[] => [
      app.serializeCookie('sid', app.encodeSecureSession(session), cookieOptions),
    ]
    const open = (incoming: Request): Session => {
      const { sid } = app.parseCookie(incoming.headers.get('cookie') ?? '')
      return app.decodeSecureSession(sid as string) as Session
    }
    const cookie = cookieHeader(told(app.createSecureSession({ ...data }) as Session))
    return steps(
      { prepare: () => request(cookie), work: (incoming: Request) => open(incoming).data() },
      {
        prepare() {
          const session = open(request(cookie))
          session.set('views' as never, (data.views + 1) as never)
          return session
        },
        work: told,
      },
    )
  },
}
