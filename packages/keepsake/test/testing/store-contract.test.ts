import { describe, expect, it } from 'vitest'
import { MemoryStore } from '../../src/core/memory-store.ts'
import type { Store } from '../../src/core/store.ts'
import { type ContractOptions, storeContract } from '../../src/testing/store-contract.ts'

type Break = (store: MemoryStore) => Partial<Store>

const names = (options: ContractOptions = {}): string[] =>
  storeContract(() => new MemoryStore(), options).map(({ name }) => name)

/** The names of the checks that a broken store fails. */
async function failures(change: Break, options: ContractOptions = {}): Promise<string[]> {
  const failed: string[] = []
  for (const { name, run } of storeContract((clock) => broken(change, clock), options)) {
    const error: unknown = await run().then(
      () => null,
      (error: unknown) => error,
    )
    if (error instanceof Error && error.name === 'AssertionError') failed.push(name)
    else if (error) throw error
  }
  return failed
}

function broken(change: Break, clock: () => number): Store {
  const store = new MemoryStore({ clock })
  const whole: Store = {
    consistency: 'strong',
    get: (id) => store.get(id),
    create: (...args) => store.create(...args),
    update: (...args) => store.update(...args),
    touch: (...args) => store.touch(...args),
    delete: (id) => store.delete(id),
    list: (...args) => store.list(...args),
  }
  return { ...whole, ...change(store) }
}

/** A text as an engine that keeps UTF-8 gives it back. */
const mangled = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd')

const BREAKS: Readonly<Record<string, readonly [Break, string]>> = {
  'serves what expired': [
    (store) => ({ get: (id) => store.get(id) ?? { value: 'one', version: 1, expires: new Date(0) } }),
    'serves a record until it expires, and not from then on',
  ],
  'creates over a live record': [
    (store) => ({
      create: (id, ...rest) => {
        store.delete(id)
        return store.create(id, ...rest)
      },
    }),
    'refuses to create an id that lives, and leaves it alone',
  ],
  'ignores the version': [
    (store) => ({
      update: (id, value, expires, _, owner) =>
        store.update(id, value, expires, store.get(id)?.version ?? 0, owner),
    }),
    'updates only the version it is given',
  ],
  'touches any version': [
    (store) => ({ touch: (id, expires) => store.touch(id, expires, store.get(id)?.version ?? 0) }),
    'touches only the version it is given',
  ],
  'creates by touch': [
    (store) => ({
      touch: (id, expires, version) => store.touch(id, expires, version) || store.create(id, '', expires),
    }),
    'never creates by touch',
  ],
  'creates by update': [
    (store) => ({
      update: (id, value, expires, version, owner) =>
        store.update(id, value, expires, version, owner) || store.create(id, value, expires, owner),
    }),
    'never creates by update',
  ],
  'counts a touch as a version': [
    (store) => ({
      touch: (id, expires, version) => store.update(id, store.get(id)?.value ?? '', expires, version),
    }),
    'touches the expiry alone',
  ],
  'deletes nothing': [
    () => ({ delete: () => undefined }),
    'deletes, also what is not there, and nothing brings it back',
  ],
  'loses NUL': [
    (store) => ({ create: (id, value, ...rest) => store.create(id, value.split('\0')[0] ?? '', ...rest) }),
    'keeps NUL',
  ],
  'loses lone surrogates': [
    (store) => ({ create: (id, value, ...rest) => store.create(id, mangled(value), ...rest) }),
    'keeps lone surrogates',
  ],
  'has ids without case': [
    (store) => ({
      get: (id) => store.get(id.toLowerCase()),
      create: (id, ...rest) => store.create(id.toLowerCase(), ...rest),
    }),
    'keeps every id of A-Z, a-z, 0-9, - and _ apart',
  ],
  'drops the owner at update': [
    (store) => ({
      update: (id, value, expires, version) => store.update(id, value, expires, version),
    }),
    'moves a record to the owner that update names',
  ],
  'lists by the order of the language': [
    (store) => ({
      list: (owner) => store.list(owner, 1_000).sort((a, b) => a.id.localeCompare(b.id)),
    }),
    'lists in ascending order of bytes, page by page',
  ],
  'lists more than was asked for': [
    (store) => ({ list: (owner, _, after) => store.list(owner, 1_000, after) }),
    'lists in ascending order of bytes, page by page',
  ],
  'cuts long values': [
    (store) => ({ create: (id, value, ...rest) => store.create(id, value.slice(0, 30_000), ...rest) }),
    'keeps values up to its limit',
  ],
  'is an hour of the clock late': [
    (store) => ({
      create: (id, value, expires, owner) => store.create(id, value, new Date(+expires + 1), owner),
    }),
    'serves a record until it expires, and not from then on',
  ],
}

describe('storeContract', () => {
  it.each(Object.entries(BREAKS))('catches a store that %s', async (_, [change, check]) => {
    expect(await failures(change)).toContain(check)
  })

  it('passes the store that all of these are made of', async () => {
    expect(await failures(() => ({}))).toEqual([])
  })

  it('notices a store that lies about its consistency', async () => {
    expect(await failures(() => ({ consistency: 'eventual' }))).toContain(
      'declares the consistency it was tested for',
    )
  })

  it('leaves out what a store does not have, and shows it', () => {
    const all = names({ sweep: true })
    expect(new Set(all).size).toBe(all.length)
    expect(
      all.filter((name) => !names({ consistency: 'eventual', sweep: true }).includes(name)),
    ).toHaveLength(6)
    expect(all.filter((name) => !names({ list: false, sweep: true }).includes(name))).toHaveLength(6)
    expect(all.filter((name) => !names().includes(name))).toHaveLength(1)
  })
})
