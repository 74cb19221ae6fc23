import { getIronSession, type IronSession } from 'iron-session'
import { cookieHeader, type Data, request, SECRET } from '../data.ts'
import { type AtWork, type Subject, steps } from '../subject.ts'

const options = {
  password: SECRET,
  cookieName: 'sid',
  cookieOptions: { httpOnly: true, secure: true, sameSite: 'lax', path: '/' },
} as const

/** It takes `Headers` for the response's side; its types know only those of its own library of the DOM. */
function open(incoming: Request, headers: Headers): Promise<IronSession<Data>> {
  return getIronSession(incoming, headers as never, options)
}

export const ironSession: Subject = {
  name: 'iron-session 9',
  kind: 'peer',
  async start(data: Data): Promise<AtWork> {
    const headers = new Headers()
    await Object.assign(await open(request(), headers), data).save()
    const cookie = cookieHeader(headers.getSetCookie())
    return steps(
      {
        prepare: () => request(cookie),
        work: async (incoming: Request) => ({ ...(await open(incoming, new Headers())) }),
      },
      {
        async prepare() {
          const headers = new Headers()
          const session = await open(request(cookie), headers)
          session.views = data.views + 1
          return { session, headers }
        },
        async work({ session, headers }) {
          await session.save()
          return headers.getSetCookie()
        },
      },
    )
  },
}
