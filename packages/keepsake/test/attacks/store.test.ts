import { describe, expect, test } from 'vitest'
import { MemoryStore, type Session } from '../../src/index.ts'
import { faultyStore } from '../../src/testing.ts'
import { backings, bytesOf, type Data, mint, N, request, target, textOf, turn } from './kit.ts'

const open = async (on: ReturnType<typeof target>, value: string): Promise<Session<Data>> =>
  on.sessions.load(request(`${N}=${value}`))

test('T-R6 a session that ends between load and save is not made again', async () => {
  const on = target('stored', { idleTimeout: '1h' })
  const session = await open(on, await mint(on))
  session.data.more = 1
  on.clock.advance('1h')
  on.forget()
  await expect(on.sessions.save(session)).rejects.toMatchObject({ code: 'superseded', cookies: [] })
  expect(on.calls).not.toContain('create')
})

test('T-R8 a regenerate that the store fails leaves the old token good, and sends none', async () => {
  let down = false
  const store = faultyStore(new MemoryStore(), ({ method }) =>
    down && method === 'update' ? 'throw' : undefined,
  )
  const on = target('stored', { store })
  const value = await mint(on)
  const session = await open(on, value)
  session.regenerate()
  down = true
  await expect(on.sessions.save(session)).rejects.toMatchObject({ code: 'store_unavailable', cookies: [] })
  expect((await turn(on, `${N}=${value}`)).data).toEqual({ uid: 'u_1' })
})

test('T-R14 after a login the token from before is dead at once', async () => {
  const on = target('stored')
  const value = await mint(on)
  await turn(on, `${N}=${value}`, (session) => session.login('ada'))
  expect(await turn(on, `${N}=${value}`)).toMatchObject({ outcome: 'superseded', data: {} })
})

test('T-R15 nothing is written, and no cookie sent, once the response has left', async () => {
  const on = target('stored')
  const session = await open(on, await mint(on))
  session.destroy()
  const sent = await on.sessions.save(session)
  expect(sent).toEqual([expect.stringContaining('Max-Age=0')])
  on.forget()
  expect(() => Object.assign(session.data, { late: 1 })).toThrow()
  expect(() => session.login('ada')).toThrow(expect.objectContaining({ code: 'too_late' }))
  expect([await on.sessions.save(session), on.calls]).toEqual([sent, []])
})

test('T-R19 with onStoreError anonymous an outage writes, clears and sends nothing', async () => {
  let down = false
  const store = faultyStore(new MemoryStore(), () => (down ? 'throw' : undefined))
  const on = target('stored', { store, onStoreError: 'anonymous' })
  const value = await mint(on)
  down = true
  expect(await turn(on, `${N}=${value}`)).toMatchObject({ outcome: 'store-error', data: {}, sent: [] })
  const session = await open(on, value)
  session.data.more = 1
  await expect(on.sessions.save(session)).rejects.toMatchObject({ code: 'store_unavailable', cookies: [] })
  down = false
  expect((await turn(on, `${N}=${value}`)).data).toEqual({ uid: 'u_1' })
})

/** Remembers every text that it was given to keep. */
class Watched extends MemoryStore {
  readonly kept: string[] = []

  override create(id: string, value: string, expires: Date, owner?: string): boolean {
    this.kept.push(id, value)
    return super.create(id, value, expires, owner)
  }
}

test('T-R20 no eight characters of the secret in a token are in the store', async () => {
  const store = new Watched()
  const value = await mint(target('stored', { store }))
  // version, id, generation, time and key id come before it, the MAC behind
  const secret = bytesOf(value).subarray(29, 61)
  const spellings = [value.slice(39, 81), textOf(secret), Buffer.from(secret).toString('hex')]
  expect(store.kept).toHaveLength(2)
  for (const text of spellings)
    for (let at = 0; at + 8 <= text.length; at++)
      for (const kept of store.kept) expect(kept).not.toContain(text.slice(at, at + 8))
})

test('T-R22 what the store keeps, pasted as a cookie, opens nothing', async () => {
  const store = new Watched()
  const on = target('stored', { store })
  await mint(on)
  expect(store.kept).toHaveLength(2)
  for (const text of [...store.kept]) expect((await turn(on, `${N}=${text}`)).data).toEqual({})
})

test('T-R24 10,000 tokens of which 16 bytes are made up cost no call of the store', async () => {
  const on = target('stored')
  const genuine = bytesOf(await mint(on))
  on.forget()
  for (let n = 0; n < 10_000; n++) {
    const made = Uint8Array.from(genuine)
    made.set(crypto.getRandomValues(new Uint8Array(16)), n % (genuine.length - 16))
    expect((await turn(on, `${N}=${textOf(made)}`)).sent).toEqual([])
  }
  expect(on.calls).toEqual([])
})

describe.each(backings)('%s', (backing) => {
  test('T-O1 10,000 looks without a cookie write and send nothing', async () => {
    const on = target(backing)
    for (let n = 0; n < 10_000; n++) expect((await turn(on, null)).sent).toEqual([])
    expect([on.calls, on.crypto]).toEqual([[], []])
  })

  test('T-O2 nor do 10,000 with bytes of no meaning', async () => {
    const on = target(backing)
    for (let n = 0; n < 10_000; n++) {
      const made = crypto.getRandomValues(new Uint8Array(n % 120))
      expect((await turn(on, `${N}=${textOf(made)}`)).sent).toEqual([])
    }
    expect(on.calls).toEqual([])
  })

  test('T-O4 a logout without a session writes nothing', async () => {
    const on = target(backing)
    await turn(on, null, (session) => session.destroy())
    await turn(on, `${N}=${'A'.repeat(120)}`, (session) => session.destroy())
    expect(on.calls).toEqual([])
  })
})

test('T-O5 20 readers of one request cost one get', async () => {
  const on = target('stored')
  const one = request(`${N}=${await mint(on)}`)
  on.forget()
  const all = await Promise.all(Array.from({ length: 20 }, () => on.sessions.load(one)))
  expect([new Set(all).size, on.calls]).toEqual([1, ['get']])
})

test('T-O6 20 readers of one request share its failure', async () => {
  let down = false
  const on = target('stored', { store: faultyStore(new MemoryStore(), () => (down ? 'throw' : undefined)) })
  const one = request(`${N}=${await mint(on)}`)
  on.forget()
  down = true
  const all = await Promise.allSettled(Array.from({ length: 20 }, () => on.sessions.load(one)))
  const errors = all.map((result) => (result.status === 'rejected' ? result.reason : undefined))
  expect([new Set(errors).size, on.calls]).toEqual([1, ['get']])
  expect(errors[0]).toMatchObject({ code: 'store_unavailable' })
})

test('T-O7 a record that is too large is refused, and nothing is kept', async () => {
  const store = new MemoryStore()
  const on = target('stored', { store })
  const large = turn(
    on,
    null,
    (session) => void Object.assign(session.data, { note: 'x'.repeat(store.maxValue) }),
  )
  await expect(large).rejects.toMatchObject({ code: 'too_large' })
  expect(store.size).toBe(0)
})
