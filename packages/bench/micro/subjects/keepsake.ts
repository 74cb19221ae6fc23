import { SessionManager } from 'keepsake'
import { cookieHeader, type Data, request, SECRET } from '../data.ts'
import { type AtWork, type Subject, steps } from '../subject.ts'

export const keepsake: Subject = {
  name: 'keepsake, sealed',
  kind: 'keepsake',
  async start(data: Data): Promise<AtWork> {
    const sessions = new SessionManager<Data>({ secrets: SECRET, cookie: { secure: true } })
    const first = await sessions.load(request())
    first.data = data
    const cookie = cookieHeader(await sessions.save(first))
    return steps(
      {
        prepare: () => request(cookie),
        work: async (incoming: Request) => (await sessions.load(incoming)).data,
      },
      {
        async prepare() {
          const session = await sessions.load(request(cookie))
          session.data.views = (session.data.views ?? 0) + 1
          return session
        },
        work: (session) => sessions.save(session),
      },
    )
  },
}
