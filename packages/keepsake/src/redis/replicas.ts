import { SessionError } from '../core/errors.ts'
import { type Evaluate, evaluator, type RedisClient, type Send } from './client.ts'

/** Longest wait for replicas, ms: less than the manager waits for the store. */
const LONGEST = 1_000

/** What a script answered, and how many replicas have what its connection wrote. */
type Pair = readonly [answer: unknown, reached: unknown]

type SendPair = (...call: Parameters<Send>) => Promise<Pair>

/**
 * Runs scripts whose writes count once so many replicas have them. All else fails for good: that the primary has a
 * write proves nothing.
 *
 * @throws {SessionError} `config` when this is no number of replicas, or the client can't send two commands together.
 */
export function replicated(client: RedisClient, replicas: number): Evaluate {
  if (!(Number.isSafeInteger(replicas) && replicas > 0))
    throw new SessionError('config', 'redisStore: replicas is a whole number from 1')
  const evaluate = evaluator(confirmed(pairs(client, replicas), replicas))
  return async (...call) => {
    try {
      return await evaluate(...call)
    } catch (cause) {
      throw new SessionError(
        'store_unavailable',
        `redisStore: this write may be lost: ${(cause as Error).message}. Are the primary and ${replicas} of its replicas running and connected?`,
        { cause },
      )
    }
  }
}

function confirmed(send: SendPair, replicas: number): Send {
  return async (...call) => {
    const [answer, reached] = await send(...call)
    if (Number(reached) >= replicas) return answer
    throw new Error(`${Number(reached)} of ${replicas} replicas have it`)
  }
}

/** Sends `WAIT` right behind the script on its connection; a broken one fails both. */
function pairs(client: RedisClient, replicas: number): SendPair {
  if ('evalSha' in client && client.multi) {
    const { multi } = client
    return async (command, script, key, args) => {
      const name = command === 'eval' ? 'eval' : 'evalSha'
      const pipeline = multi.call(client)[name](script, { keys: [key], arguments: args })
      return (await pipeline.wait(replicas, LONGEST).execAsPipeline()) as unknown as Pair
    }
  }
  if ('call' in client && client.pipeline) {
    const { pipeline } = client
    return async function send(command, script, key, args): Promise<Pair> {
      const commands = [
        [command, script, '1', key, ...args],
        ['wait', replicas, LONGEST],
      ]
      const [[error, answer] = [], [, reached] = []] = (await pipeline.call(client, commands).exec()) ?? []
      if (!error) return [answer, reached]
      if (!error.message.startsWith('MOVED')) throw error
      // only a single command is redirected, and has the client learn where the key is now
      await client.call('exists', key)
      return send(command, script, key, args)
    }
  }
  if ('send' in client) {
    return (command, script, key, args) =>
      Promise.all([
        client.send(command, [script, '1', key, ...args]),
        client.send('wait', [String(replicas), String(LONGEST)]),
      ])
  }
  throw new SessionError(
    'config',
    'redisStore: replicas takes a connection, on which WAIT follows each write: node-redis, ioredis or Bun',
  )
}
