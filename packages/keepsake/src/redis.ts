import { randomBytes, toBase64url } from './core/bytes.ts'
import { listByIndex } from './core/paging.ts'
import type { Listed, Store, Stored } from './core/store.ts'
import { LARGEST_VALUE, storable, unescapeText } from './core/text.ts'
import { type Evaluate, evaluator, type RedisClient, sender } from './redis/client.ts'
import { SeenEntries } from './redis/entries.ts'
import { replicated } from './redis/replicas.ts'
import { CREATE, DISOWN, OWN, PAGE, REMOVE, type Script, TOUCH, UPDATE } from './redis/scripts.ts'

export type { BunRedis, IoRedis, NodeRedis, RedisClient, UpstashRedis } from './redis/client.ts'

/** Options of {@link redisStore}. */
export interface RedisStoreOptions {
  /** What all keys begin with, before a colon; another for each app that shares the server. @default 'keepsake' */
  readonly prefix?: string
  /**
   * How many replicas must have a write before it counts: each is followed by `WAIT`, for a second at most. One that is
   * not known to be there fails as `store_unavailable`. @default none
   */
  readonly replicas?: number
  /** The time in milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number
}

/** A store in Redis. */
export interface RedisStore extends Store {
  readonly consistency: 'strong'
  get(id: string): Promise<Stored | null>
  create(id: string, value: string, expires: Date, owner?: string): Promise<boolean>
  update(id: string, value: string, expires: Date, version: number, owner?: string): Promise<boolean>
  touch(id: string, expires: Date, version: number): Promise<boolean>
  delete(id: string): Promise<void>
  list(owner: string, limit: number, after?: string): Promise<Listed[]>
}

/**
 * Keeps sessions in Redis 5 or later, a cluster too, through the app's own client: node-redis, ioredis, Bun's
 * `RedisClient` or `@upstash/redis`. Connecting it, listening to its errors and closing it stays with the app.
 *
 * Strong: every change is one script on one key that compares and sets. Give it a client that reads from primaries.
 * What Redis itself loses stays lost: writes of its last moments at a crash or failover, unless `replicas` are waited
 * for, and what it evicts.
 * Every key has a time to live; expiry is compared at each read, too, so a server whose clock is late serves nothing dead.
 *
 * One round trip a call; a second where an owner's entry must be written first, or removed after a delete; `list` takes
 * two a page. The entry is written before the record is, lives longer than it, and goes when the record no longer can be.
 *
 * ```ts
 * const client = createClient({ url: process.env.REDIS_URL })
 * client.on('error', console.error)
 * const store = redisStore(await client.connect())
 * ```
 * @throws {SessionError} `config`: the client is of no known kind, or can't wait for `replicas`.
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): RedisStore {
  return new ClientStore(client, options)
}

interface Kept extends Stored {
  readonly owner: string
  /** Until when the owner's entry is kept, ms since the epoch. */
  readonly kept: number
}

/** Does a change, once the entry of this owner is kept until then; 0 where that is not known to have been written. */
type Change = (owner: string, kept: number) => Promise<string>

class ClientStore implements RedisStore {
  readonly consistency = 'strong' as const
  readonly maxValue = LARGEST_VALUE
  readonly #client: RedisClient
  readonly #evaluate: Evaluate
  readonly #write: Evaluate
  readonly #prefix: string
  readonly #clock: () => number
  readonly #seen = new SeenEntries()

  constructor(client: RedisClient, options: RedisStoreOptions) {
    const { prefix = 'keepsake', replicas, clock = Date.now } = options
    this.#client = client
    this.#evaluate = evaluator(sender(client))
    this.#write = replicas === undefined ? this.#evaluate : replicated(client, replicas)
    this.#prefix = prefix
    this.#clock = clock
  }

  async get(id: string): Promise<Stored | null> {
    const record = await this.#read(id)
    if (record === null) return null
    const { value, version, expires, owner, kept } = record
    this.#seen.set(id, { owner, kept })
    return { value, version, expires }
  }

  async create(id: string, value: string, expires: Date, owner = ''): Promise<boolean> {
    const [end, mark] = [expires.getTime(), newMark()]
    const kept = owner === '' ? 0 : await this.#own(id, owner, end)
    const text = [1, end, owner, kept, mark, storable(value)].join(' ')
    return (await this.#run(CREATE, this.#recordKey(id), this.#clock(), end, mark, text)) === 'done'
  }

  update(id: string, value: string, expires: Date, version: number, owner = ''): Promise<boolean> {
    const [end, mark, key, text] = [expires.getTime(), newMark(), this.#recordKey(id), storable(value)]
    return this.#change(id, owner, end, (owner, kept) =>
      this.#run(UPDATE, key, this.#clock(), end, version, owner, kept, mark, text),
    )
  }

  touch(id: string, expires: Date, version: number): Promise<boolean> {
    const [end, key] = [expires.getTime(), this.#recordKey(id)]
    return this.#change(id, this.#seen.get(id)?.owner ?? '', end, (owner, kept) =>
      this.#run(TOUCH, key, this.#clock(), end, version, owner, kept),
    )
  }

  async delete(id: string): Promise<void> {
    const [, owner = '', kept] = (await this.#run(REMOVE, this.#recordKey(id), 0)).split(' ')
    if (owner !== '') await this.#run(DISOWN, this.#ownerKey(owner), `${id} ${kept}`)
  }

  list(owner: string, limit: number, after = ''): Promise<Listed[]> {
    return listByIndex(
      limit,
      after,
      (last, size) => this.#entries(owner, last, size),
      (entries) => this.#look(owner, new Set(entries.map(({ id }) => id))),
    )
  }

  /** Does a change of a record that is this owner's from now on, after writing the owner's entry where that must be. */
  async #change(id: string, owner: string, expires: number, change: Change): Promise<boolean> {
    const covered = owner === '' || this.#seen.covers(id, owner, expires)
    const answer = await change(owner, covered ? 0 : await this.#own(id, owner, expires))
    const [word, unowned] = answer.split(' ')
    if (unowned === undefined) return word === 'done'
    return (await change(unowned, await this.#own(id, unowned, expires))) === 'done'
  }

  /** Writes an owner's entry; it is kept as long again, so that few renewals need to write it anew. */
  async #own(id: string, owner: string, expires: number): Promise<number> {
    const now = this.#clock()
    const asked = expires + Math.max(0, expires - now)
    const kept = Number(await this.#run(OWN, this.#ownerKey(owner), now, id, asked))
    this.#seen.set(id, { owner, kept })
    return kept
  }

  async #entries(owner: string, after: string, limit: number): Promise<{ id: string }[]> {
    const entries = await this.#evaluate(PAGE, this.#ownerKey(owner), [
      String(this.#clock()),
      after,
      String(limit),
    ])
    return (entries as unknown[]).map((entry) => ({ id: String(entry).split(' ', 1)[0] ?? '' }))
  }

  async #look(owner: string, ids: ReadonlySet<string>): Promise<Listed[]> {
    const records = await Promise.all(Array.from(ids, async (id) => ({ id, record: await this.#read(id) })))
    return records.flatMap(({ id, record }) => {
      if (record?.owner !== owner) return []
      return [{ id, value: record.value, version: record.version, expires: record.expires }]
    })
  }

  async #read(id: string): Promise<Kept | null> {
    const text = await this.#client.get(this.#recordKey(id))
    const record = text === null ? null : parse(String(text))
    return record !== null && record.expires.getTime() > this.#clock() ? record : null
  }

  async #run(script: Script, key: string, ...args: (string | number)[]): Promise<string> {
    return String(await this.#write(script, key, args.map(String)))
  }

  #recordKey(id: string): string {
    return `${this.#prefix}:s:${id}`
  }

  #ownerKey(owner: string): string {
    return `${this.#prefix}:o:${owner}`
  }
}

/** Tells a write from another of the same content. */
function newMark(): string {
  return toBase64url(randomBytes(6))
}

/** `version expires owner kept mark value`: one text, because a hash takes twice the memory. */
function parse(text: string): Kept {
  const [head, version, expires, owner = '', kept] = /^(\d+) (\d+) (\S*) (\d+) \S* /.exec(text) ?? []
  if (head === undefined) throw new Error('what is kept under the key of a session is not of this library')
  return {
    value: unescapeText(text.slice(head.length)),
    version: Number(version),
    expires: new Date(Number(expires)),
    owner,
    kept: Number(kept),
  }
}
