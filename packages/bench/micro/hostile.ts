import { SessionManager } from 'keepsake'
import type { Job } from '../measure/interleave.ts'
import { cookieHeader, type Data, request, SECRET, small } from './data.ts'

const FOREIGN = 'w8Yt3LrB6nPz0KcQ5vXeHj2MsDa9UfGi'
const HOUR = 3_600_000

/** What a client may send in place of a seal of ours, and one of ours. */
export async function hostile(): Promise<readonly Job[]> {
  const sessions = new SessionManager<Data>({ secrets: SECRET, cookie: { secure: true }, onEvent: () => {} })
  const [name, seal] = await sealed(SECRET)
  const [, foreign] = await sealed(FOREIGN)
  const [, early] = await sealed(SECRET, () => Date.now() - 60 * 24 * HOUR)
  const values = {
    valid: seal,
    malformed: `${seal.slice(0, 100)}*${seal.slice(101)}`,
    truncated: seal.slice(0, 60),
    'of a foreign key': foreign,
    'of a period long gone': early,
    // right in all that is public
    forged: changed(seal, 150),
  }
  return Object.entries(values).map(([kind, value]) => {
    const cookie = cookieHeader([`${name}=${value}`])
    return {
      name: kind,
      prepare: () => request(cookie),
      work: async (incoming: Request) => (await sessions.load(incoming)).data,
    }
  })
}

async function sealed(
  secrets: string,
  clock: () => number = Date.now,
): Promise<[name: string, value: string]> {
  const sessions = new SessionManager<Data>({ secrets, cookie: { secure: true }, clock })
  const session = await sessions.load(request())
  session.data = small()
  const [line = ''] = await sessions.save(session)
  const [name = '', value = ''] = (line.split(';', 1)[0] ?? '').split('=')
  return [name, value]
}

function changed(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
}
