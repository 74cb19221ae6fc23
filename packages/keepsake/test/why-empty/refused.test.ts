import { describe, expect, test } from 'vitest'
import type { Facts } from '../../src/core/outcome.ts'
import { MemoryStore, type Store } from '../../src/index.ts'
import { fakeClock } from '../../src/testing.ts'
import { because, doing, NAME, type Options, pair, SECRETS, site, time, write } from './server.ts'

const host = 'app.example'
const START = Date.UTC(2030, 0, 1)
const HOUR = 3_600_000

const backings: readonly [string, () => Options][] = [
  ['sealed', () => ({})],
  ['signed', () => ({ protection: 'sign' })],
  ['stored', () => ({ store: new MemoryStore() })],
]

describe.each(backings)('%s', (name, backing) => {
  test('8 the key is not among secrets: its id and the loaded ids', async () => {
    const options = backing()
    const former = await site({ ...options, secrets: SECRETS[1] })
    const cookie = pair(await former.ask({ host }, { handle: write }))
    const now = await site(options)
    const answer = await now.ask({ host, cookie })
    const [event] = answer.events
    const { keyId = '', keyIds = [] } = event as Facts
    expect(keyId).toMatch(/^[0-9a-f]{8}$/)
    expect(keyIds).toHaveLength(1)
    expect(keyIds).not.toContain(keyId)
    because(answer, 'unknown-key', keyId, ...keyIds)
    expect(answer).toMatchObject({ cookies: [], why: { outcome: 'unknown-key' } })
  })

  test('9 idle for too long: when it ended, was made and last seen', async () => {
    const clock = fakeClock(START)
    const { ask } = await site({ ...backing(), idleTimeout: '2h', clock: clock.now })
    const cookie = pair(await ask({ host }, { handle: write }))
    clock.advance('3h')
    const answer = await ask({ host, cookie })
    because(answer, 'expired-idle', `ended ${time(START + 2 * HOUR)}`, `created ${time(START)}`, 'last seen')
    expect(answer.why.outcome).toBe('expired-idle')
  })

  test('9 past the absolute limit: when it ended, not when idleness would have ended it', async () => {
    const clock = fakeClock(START)
    const { ask } = await site({ ...backing(), idleTimeout: '2h', lifetime: '3h', clock: clock.now })
    const first = pair(await ask({ host }, { handle: write }))
    clock.advance('2h')
    clock.set(clock.now() - 1000)
    const renewed = await ask({ host, cookie: first })
    const cookie = pair(renewed) || first
    clock.advance('90m')
    const answer = await ask({ host, cookie })
    because(answer, 'expired-absolute', `ended ${time(START + 3 * HOUR)}`, `created ${time(START)}`)
    expect(answer.why.message).toContain(`last seen ${time(START + 2 * HOUR - 1000)}`)
  })

  test('13 altered: the key it names', async () => {
    const { ask } = await site(backing())
    const cookie = pair(await ask({ host }, { handle: write }))
    const at = name === 'signed' ? cookie.length - 30 : cookie.length - 10
    const altered = cookie.slice(0, at) + (cookie[at] === 'A' ? 'B' : 'A') + cookie.slice(at + 1)
    const answer = await ask({ host, cookie: altered })
    because(answer, 'tampered', (answer.events[0] as { keyId: string }).keyId, 'cookie.previous')
  })

  test('13 not one of ours', async () => {
    const { ask } = await site(backing())
    because(await ask({ host, cookie: `${NAME}=s%3Aabc.def` }), 'malformed', 'rename one')
  })

  test('a logged-out session', async () => {
    const { ask } = await site(backing())
    const cookie = pair(await ask({ host }, { handle: write }))
    const out = await ask({ host, cookie }, { handle: doing((session) => session.destroy()) })
    const marker = out.cookies.map((line) => line.split(';', 1)[0]).find((line) => line?.includes('-ended='))
    const answer = await ask({ host, cookie: marker ? `${cookie}; ${marker}` : cookie })
    because(answer, name === 'stored' ? 'unknown' : 'revoked', answer.why.id)
  })

  test('data that no longer fits', async () => {
    const options = backing()
    const before = await site({ ...options, version: 2 })
    const cookie = pair(await before.ask({ host }, { handle: write }))
    const after = await site({ ...options, version: 1 })
    const answer = await after.ask({ host, cookie })
    because(answer, 'schema', answer.why.id, 'migrate')
  })
})

test('9 a seal older than lifetime is told without times that nobody has checked', async () => {
  const clock = fakeClock(START)
  const { ask } = await site({ lifetime: '3h', clock: clock.now })
  const cookie = pair(await ask({ host }, { handle: write }))
  clock.advance('1d')
  because(await ask({ host, cookie }), 'expired-absolute', 'Past the absolute limit.')
})

test.each(['20m', '3h'] as const)('9 a server whose clock is ahead by %s', async (ahead) => {
  const clock = fakeClock(START)
  clock.advance('30m')
  const behind = clock.now()
  clock.advance(ahead)
  const { ask } = await site({ clock: clock.now })
  const cookie = pair(await ask({ host }, { handle: write }))
  clock.set(behind)
  because(await ask({ host, cookie }), 'malformed', 'fast clock')
})

describe('10 the store has no such record', () => {
  test('another process: the id, when it was made, when this one started', async () => {
    const before = performance.timeOrigin - HOUR
    const old = await site({ store: new MemoryStore(), clock: () => before })
    const cookie = pair(await old.ask({ host }, { handle: write }))
    const { ask } = await site({ store: new MemoryStore() })
    const answer = await ask({ host, cookie })
    const made = time(Math.floor(before / 1000) * 1000)
    because(
      answer,
      'unknown',
      answer.why.id,
      made,
      `started ${time(performance.timeOrigin)}`,
      'prefix',
      'MemoryStore',
    )
  })

  test('made after the start: no word of it', async () => {
    const clock = fakeClock(START)
    const old = await site({ store: new MemoryStore(), clock: clock.now })
    const cookie = pair(await old.ask({ host }, { handle: write }))
    const { ask } = await site({ store: new MemoryStore(), clock: clock.now })
    const answer = await ask({ host, cookie })
    because(answer, 'unknown', answer.why.id, time(START))
    expect(answer.why.message).not.toContain('process')
  })

  test('a store restored from yesterday has an older record', async () => {
    const clock = fakeClock(START)
    const store = new MemoryStore()
    const { ask, sessions } = await site({ store, clock: clock.now })
    const cookie = pair(await ask({ host }, { handle: write }))
    const id = (await sessions.load(new Request(`https://${host}`, { headers: { cookie } }))).id
    const backup = await store.get(id)
    const newer = pair(await ask({ host, cookie }, { handle: doing((session) => session.regenerate()) }))
    await store.delete(id)
    await store.create(id, backup?.value ?? '', backup?.expires ?? new Date(0))
    because(await ask({ host, cookie: newer }), 'unknown', 'writes were lost', id)
  })
})

test('11 an eventually consistent store does not have it yet', async () => {
  const clock = fakeClock(START)
  const written = await site({ store: eventual(), clock: clock.now })
  const cookie = pair(await written.ask({ host }, { handle: write }))
  const elsewhere = await site({ store: eventual(), clock: clock.now })
  clock.advance(30)
  const answer = await elsewhere.ask({ host, cookie })
  because(answer, 'not-yet-visible', answer.why.id, time(START), 'Durable Object')
  clock.advance('1m')
  expect((await elsewhere.ask({ host, cookie })).why.code).toBe('unknown')
})

describe('a token of another time', () => {
  test('from before a login', async () => {
    const clock = fakeClock(START)
    const { ask } = await site({ store: new MemoryStore(), clock: clock.now })
    const cookie = pair(await ask({ host }, { handle: write }))
    await ask({ host, cookie }, { handle: doing((session) => session.login('ada')) })
    because(await ask({ host, cookie }), 'superseded', time(START))
  })

  test('retired by rotation, and shown again', async () => {
    const clock = fakeClock(START)
    const { ask } = await site({ store: new MemoryStore(), rotateEvery: '5m', clock: clock.now })
    const cookie = pair(await ask({ host }, { handle: write }))
    clock.advance('6m')
    const next = pair(await ask({ host, cookie }))
    await ask({ host, cookie: next })
    clock.advance('1m')
    const answer = await ask({ host, cookie })
    because(answer, 'reused', answer.why.id, time(START))
  })
})

function eventual(): Store {
  const store = new MemoryStore()
  return {
    consistency: 'eventual',
    get: (id) => store.get(id),
    create: (...record) => store.create(...record),
    update: (...record) => store.update(...record),
    touch: (...record) => store.touch(...record),
    delete: (id) => store.delete(id),
  }
}

describe('9 a store forgets what has expired', () => {
  const forgotten = async (after: '3d' | '8d' | '31d') => {
    const clock = fakeClock(START)
    const { ask } = await site({
      store: new MemoryStore({ clock: clock.now }),
      idleTimeout: '2d',
      clock: clock.now,
    })
    const cookie = pair(await ask({ host }, { handle: write }))
    clock.advance(after)
    return ask({ host, cookie })
  }

  test('the absolute limit is certain', async () => {
    const answer = await forgotten('31d')
    because(answer, 'expired-absolute', answer.why.id, time(START))
  })

  test('the idle limit is likely, and told beside the other causes', async () => {
    const answer = await forgotten('3d')
    because(answer, 'unknown', answer.why.id, `expired ${time(START + 48 * HOUR)}`, 'MemoryStore')
  })
})
