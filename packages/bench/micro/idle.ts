import { SessionManager } from 'keepsake'
import type { Job } from '../measure/interleave.ts'
import { cookieHeader, type Data, request, SECRET, small } from './data.ts'

/** Requests of which nothing is to be kept, beside a handler without sessions. */
export async function idle(): Promise<readonly Job[]> {
  const sessions = new SessionManager<Data>({ secrets: SECRET, cookie: { secure: true } })
  const first = await sessions.load(request())
  first.data = small()
  const cookie = cookieHeader(await sessions.save(first))
  const response = new Response('hello')
  const handle = async (): Promise<Response> => response
  const look = async (incoming: Request) => {
    const session = await sessions.load(incoming)
    session.data
    return session
  }
  return [
    { name: 'the handler alone', prepare: () => request(), work: handle },
    {
      name: 'run, no cookie',
      prepare: () => request(),
      work: (incoming: Request) => sessions.run(incoming, handle),
    },
    {
      name: 'run, cookie not looked at',
      prepare: () => request(cookie),
      work: (incoming: Request) => sessions.run(incoming, handle),
    },
    { name: 'load and look', prepare: () => request(cookie), work: look },
    {
      name: 'load, look and save unchanged',
      prepare: () => request(cookie),
      work: async (incoming: Request) => sessions.save(await look(incoming)),
    },
  ]
}
