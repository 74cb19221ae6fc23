import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Redis } from 'ioredis'

type Command = readonly string[]

/** Speaks Upstash's REST protocol in front of a Redis: one command, or `/pipeline`; texts in base64 where asked. */
export function upstashServer(redis: Redis): Server {
  return createServer(async (request, response) => {
    const body = JSON.parse(await textOf(request)) as Command | readonly Command[]
    const encode =
      request.headers['upstash-encoding'] === 'base64' ? base64 : (result: unknown): unknown => result
    const run = async ([name = '', ...args]: Command): Promise<object> => {
      const answer = redis.call(name, ...args.map(String))
      return answer.then(
        (result) => ({ result: encode(result) }),
        (error: Error) => ({ error: error.message }),
      )
    }
    const isPipeline = request.url === '/pipeline'
    const answer = await (isPipeline ? Promise.all((body as Command[]).map(run)) : run(body as Command))
    response.statusCode = 'error' in answer ? 400 : 200
    response.end(JSON.stringify(answer))
  })
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

function base64(result: unknown): unknown {
  if (Array.isArray(result)) return result.map(base64)
  return typeof result === 'string' ? Buffer.from(result).toString('base64') : result
}
