import { type Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Answer } from './app/app.ts'
import type { Tally } from './tally.ts'

/** Where visitors go, and what they report to. */
export interface Site {
  readonly port: number
  readonly agent: Agent
  readonly tally: Tally
}

/** One request; `undefined` where nobody can say what became of it. */
export async function ask(
  { port, agent, tally }: Site,
  method: string,
  path: string,
  cookie: string,
  take: (lines: readonly string[] | undefined) => void = () => {},
): Promise<Answer | undefined> {
  try {
    const [status, body, lines] = await sent(port, agent, method, path, cookie)
    take(lines)
    if (status === 200) {
      tally.requests++
      return JSON.parse(body) as Answer
    }
    tally.refused(body)
  } catch (error) {
    tally.refused(String(error))
  }
  return undefined
}

function sent(
  port: number,
  agent: Agent,
  method: string,
  path: string,
  cookie: string,
): Promise<[number, string, string[] | undefined]> {
  return new Promise((resolve, reject) => {
    const headers = { host: 'shop.test', ...(cookie && { cookie }), 'content-length': '0' }
    const asking = request({ host: '127.0.0.1', port, agent, method, path, headers, timeout: 15_000 })
    asking
      .on('response', (response) => {
        text(response).then(
          (body) => resolve([response.statusCode ?? 0, body, response.headers['set-cookie']]),
          reject,
        )
      })
      .on('timeout', () => asking.destroy(new Error('no answer')))
      .on('error', reject)
      .end()
  })
}
