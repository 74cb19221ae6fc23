import { type Awaitable, isPromise, rescue } from './awaitable.ts'
import { SessionError } from './errors.ts'
import type { Listed, Store, Stored } from './store.ts'

// timers overflow above it, and fire at once
const LONGEST_TIMER = 2 ** 31 - 1

/**
 * A store whose every call ends: by its answer, or by `store_unavailable` when it fails or takes too long. A write
 * whose answer is lost is looked up once, in the time that is left: is it there?
 */
export class BoundedStore {
  readonly inner: Store
  readonly #limit: number

  /** @param limit longest wait for one call, ms */
  constructor(store: Store, limit: number) {
    this.inner = store
    this.#limit = limit
  }

  get(id: string): Awaitable<Stored | null> {
    return this.#call('get', () => this.inner.get(id))
  }

  create(id: string, value: string, expires: Date, owner?: string): Awaitable<boolean> {
    return this.#write('create', id, value, () => this.inner.create(id, value, expires, owner))
  }

  update(id: string, value: string, expires: Date, version: number, owner?: string): Awaitable<boolean> {
    return this.#write('update', id, value, () => this.inner.update(id, value, expires, version, owner))
  }

  touch(id: string, expires: Date, version: number): Awaitable<boolean> {
    return this.#call('touch', () => this.inner.touch(id, expires, version))
  }

  delete(id: string): Awaitable<void> {
    return this.#call('delete', () => this.inner.delete(id))
  }

  list(owner: string, limit: number, after?: string): Awaitable<Listed[]> {
    return this.#call('list', () => this.inner.list?.(owner, limit, after) ?? [])
  }

  #write(name: string, id: string, value: string, write: () => Awaitable<boolean>): Awaitable<boolean> {
    return this.#call(name, () =>
      rescue(write, async (error) => {
        // by an error of ours the store says what came of it, and what is there may not last
        if (error instanceof SessionError || (await this.inner.get(id))?.value !== value) throw error
        return true
      }),
    )
  }

  #call<T>(name: string, call: () => Awaitable<T>): Awaitable<T> {
    return inTime(name, this.#limit, call)
  }
}

/** What a store answers, if it does within so many ms; at once where it does. @throws {SessionError} `store_unavailable` */
export function inTime<T>(name: string, limit: number, call: () => Awaitable<T>): Awaitable<T> {
  return rescue(
    () => {
      const answer = call()
      return isPromise(answer) ? withinLimit(answer, limit) : answer
    },
    (cause) => {
      throw failure(name, cause)
    },
  )
}

async function withinLimit<T>(answer: Promise<T>, limit: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    const late = new Promise<never>((_, reject) => {
      const expire = (): void => reject(new Error(`no answer within ${limit} ms`))
      timer = setTimeout(expire, Math.min(limit, LONGEST_TIMER))
    })
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}

function failure(name: string, cause: unknown): SessionError {
  if (cause instanceof SessionError) return cause
  const why = `The store failed at ${name}: ${cause instanceof Error ? cause.message : 'unknown error'}.`
  const remedy = 'Is it running and reachable, and its client connected?'
  return new SessionError('store_unavailable', `${why} ${remedy}`, { cause })
}
