import type { Cluster } from 'ioredis'
import type { IoRedis, NodeRedis } from 'keepsake/redis'
import type { RedisClusterType } from 'redis'

const WAIT = ['wait', '1', '500'] as const

/** What a command was answered, and how many replicas have all that its connection wrote. */
type Pair = readonly [answer: unknown, replicas: unknown]

/**
 * Lets writes succeed only once a replica has them. A write that failed is looked up by the manager: then the primary's
 * word alone must not count either, so reads of its key wait too, until one was confirmed.
 */
class Confirmation {
  readonly #doubtful = new Set<string>()

  doubts(key: string): boolean {
    return this.#doubtful.has(key)
  }

  async of(key: string, asked: Promise<Pair>): Promise<unknown> {
    try {
      const [answer, replicas] = await asked
      if (!(Number(replicas) >= 1)) throw new Error('no replica has it')
      this.#doubtful.delete(key)
      return answer
    } catch (error) {
      this.#doubtful.add(key)
      throw error
    }
  }
}

/** A client that waits for a replica, by one command more on the same connection. */
export function ioRedisThatWaits(cluster: Cluster): IoRedis {
  const confirmed = new Confirmation()
  const pair = async (key: string, command: string, args: string[]): Promise<Pair> => {
    const pipeline = cluster.pipeline([[command, ...args], [...WAIT]])
    const [first, waited] = (await pipeline.exec()) ?? []
    if (!first?.[0]) return [first?.[1], waited?.[1]]
    if (!first[0].message.startsWith('MOVED')) throw first[0]
    // a read follows the redirection, and has the client learn of it
    await cluster.get(key)
    return pair(key, command, args)
  }
  return {
    get: (key) => (confirmed.doubts(key) ? confirmed.of(key, pair(key, 'get', [key])) : cluster.get(key)),
    call: (command, ...args) => confirmed.of(args[2] ?? '', pair(args[2] ?? '', command, args)),
  }
}

/** As {@link ioRedisThatWaits}. */
export function nodeRedisThatWaits(cluster: RedisClusterType): NodeRedis {
  const confirmed = new Confirmation()
  const pair = async (key: string, sent: Promise<unknown>): Promise<Pair> => {
    const waited = cluster.sendCommand(key, false, [...WAIT]).catch(() => 0)
    return Promise.all([sent, waited])
  }
  return {
    get: (key) => (confirmed.doubts(key) ? confirmed.of(key, pair(key, cluster.get(key))) : cluster.get(key)),
    evalSha: (sha, options) =>
      confirmed.of(options.keys[0] ?? '', pair(options.keys[0] ?? '', cluster.evalSha(sha, options))),
    eval: (script, options) =>
      confirmed.of(options.keys[0] ?? '', pair(options.keys[0] ?? '', cluster.eval(script, options))),
  }
}
