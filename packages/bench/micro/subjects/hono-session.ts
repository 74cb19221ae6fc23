import { type Session, type SessionEnv, useSession } from '@hono/session'
import { Hono } from 'hono'
import { cookieHeader, type Data, request, SECRET } from '../data.ts'
import { type AtWork, type Subject, steps } from '../subject.ts'

type Kept = Session<Record<string, unknown>>

/** A request whose handler waits until it is told to go on: the way to it is not measured, what is done after it is. */
interface Visit {
  readonly session: Kept
  goOn(): Promise<string[]>
}

export const honoSession: Subject = {
  name: '@hono/session',
  kind: 'peer',
  async start(data: Data): Promise<AtWork> {
    let arrived: (session: Kept, go: () => void) => void
    const app = new Hono<SessionEnv>()
    app.use(useSession({ secret: SECRET }))
    app.get('/', async (c) => {
      await new Promise<void>((go) => arrived(c.var.session, go))
      await c.var.session.update({ ...data, views: data.views + 1 })
      return c.body(null)
    })
    app.get('/first', async (c) => {
      await c.var.session.update({ ...data })
      return c.body(null)
    })
    const arrive = (cookie: string): Promise<Visit> =>
      new Promise((resolve) => {
        arrived = (session, go) => {
          const goOn = async (): Promise<string[]> => {
            go()
            return (await response).headers.getSetCookie()
          }
          resolve({ session, goOn })
        }
        const response = Promise.resolve(app.fetch(request(cookie)))
      })
    const first = await app.fetch(new Request('https://shop.test/first'))
    const cookie = cookieHeader(first.headers.getSetCookie())
    return steps(
      { prepare: () => arrive(cookie), work: ({ session }: Visit) => session.get() },
      {
        async prepare() {
          const visit = await arrive(cookie)
          await visit.session.get()
          return visit
        },
        work: ({ goOn }: Visit) => goOn(),
      },
    )
  },
}
