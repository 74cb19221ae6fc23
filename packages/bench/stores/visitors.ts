import type { SessionManager } from 'keepsake'
import { cookieHeader, type Data, request, small } from '../micro/data.ts'

/** The Cookie headers of so many visitors who were here once. */
export function visitors(sessions: SessionManager<Data>, count: number): Promise<string[]> {
  return Promise.all(Array.from({ length: count }, () => begin(sessions)))
}

async function begin(sessions: SessionManager<Data>): Promise<string> {
  const session = await sessions.load(request())
  session.data = small()
  return cookieHeader(await sessions.save(session))
}

/** A request of one of them: views++. */
export async function count(sessions: SessionManager<Data>, cookie: string): Promise<void> {
  const session = await sessions.load(request(cookie))
  session.data.views = (session.data.views ?? 0) + 1
  await sessions.save(session)
}
