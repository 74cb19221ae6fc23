import { describe, expect, test } from 'vitest'
import { MemoryStore, SessionManager } from '../../src/index.ts'
import { cookieFor, fakeClock } from '../../src/testing.ts'

type Data = { cart: string[]; note: string }
type Flash = { notice: string }

const secrets = 'Yl7qNcT0gk2yXvG1m9sRzB4dEoHaJw5uLf8iKtPxQ3C'

const backings = {
  sealed: () => ({ secrets }),
  signed: () => ({ secrets, protection: 'sign' as const }),
  stored: (clock: () => number) => ({ secrets, store: new MemoryStore({ clock }) }),
  'stored without secrets': (clock: () => number) => ({ store: new MemoryStore({ clock }) }),
}

const visit = (cookie: string, url = 'https://example.test/'): Request =>
  new Request(url, { headers: { cookie } })

describe.each(Object.entries(backings))('cookieFor, %s', (_, options) => {
  const clock = fakeClock()
  const sessions = new SessionManager<Data, Flash>({
    ...options(clock.now),
    clock: clock.now,
    lifetime: '30d',
    idleTimeout: '7d',
  })

  test('forges data, flash, owner and label', async () => {
    const cookie = await cookieFor(sessions, {
      data: { cart: ['tea'] },
      flash: { notice: 'hi' },
      owner: 'ada',
      label: 'laptop',
    })
    const session = await sessions.load(visit(cookie))
    expect(session.data).toEqual({ cart: ['tea'] })
    expect(session.peek('notice')).toBe('hi')
    expect(session.owner).toBe('ada')
    if (sessions.capabilities.listable) {
      expect((await sessions.list('ada')).map(({ label }) => label)).toContain('laptop')
    }
  })

  test('forges an old one, and leaves the clock as it was', async () => {
    const before = clock.now()
    const cookie = await cookieFor(sessions, { owner: 'ada', age: '2d' })
    expect(clock.now()).toBe(before)
    const session = await sessions.load(visit(cookie))
    expect(session.outcome).toBe('loaded')
    expect(session.createdAt).toBe(before - 2 * 86_400_000)
    expect(session.authenticatedWithin('1d')).toBe(false)
    expect(session.expiresAt).toBe(before + 5 * 86_400_000)
  })

  test('forges one that has expired', async () => {
    const cookie = await cookieFor(sessions, { owner: 'ada', age: '8d' })
    expect((await sessions.load(visit(cookie))).isNew).toBe(true)
  })

  test('forges the development cookie', async () => {
    const url = 'http://localhost/'
    const cookie = await cookieFor(sessions, { data: { note: 'x' }, url })
    expect(cookie).toMatch(/^session=/)
    expect((await sessions.load(visit(cookie, url))).data).toEqual({ note: 'x' })
  })

  test('refuses to forge an empty one', async () => {
    await expect(cookieFor(sessions, {})).rejects.toThrow(TypeError)
  })
})

test('cookieFor turns no real clock back', async () => {
  const sessions = new SessionManager({ secrets })
  await expect(cookieFor(sessions, { owner: 'ada', age: '1d' })).rejects.toThrow(/fakeClock/)
  expect(await cookieFor(sessions, { owner: 'ada' })).toMatch(/^__Host-/)
})
