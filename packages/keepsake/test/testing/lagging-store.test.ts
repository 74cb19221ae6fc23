import { describe, expect, it } from 'vitest'
import { MemoryStore, type Session, SessionManager } from '../../src/index.ts'
import { browser, fakeClock, laggingStore, type Visitor } from '../../src/testing.ts'
import { SECRETS } from '../core/kit.ts'

type Sessions = SessionManager<{ note: string }>

/** An app on a store that is read a minute late; ada has been signed in for longer. */
async function app() {
  const clock = fakeClock()
  const now = new MemoryStore({ clock: clock.now })
  const store = laggingStore(now, clock, '60s')
  const sessions: Sessions = new SessionManager({ secrets: SECRETS[0], store, clock: clock.now })
  const handle = (request: Request): Promise<Response> =>
    sessions.run(request, (session) => {
      act(session, new URL(request.url).pathname)
      return new Response(session.owner ?? 'nobody')
    })
  const visitor = browser(handle, { now: clock.now })
  await visitor.get('/login')
  clock.advance('60s')
  expect(await visitor.text('/')).toBe('ada')
  return { clock, now, store, sessions, visitor }
}

function act(session: Session<{ note: string }>, path: string): void {
  if (path === '/login') session.login('ada')
  if (path === '/logout') session.destroy()
  if (path === '/write') session.data.note = 'x'
}

type App = Awaited<ReturnType<typeof app>>

describe('simulated lag of 60 seconds', () => {
  it.each<[string, (app: App, copy: Visitor) => Promise<unknown>]>([
    ['a logout', ({ visitor }) => visitor.get('/logout')],
    ['revokeAll', ({ sessions }) => sessions.revokeAll('ada')],
    [
      'revoke',
      async ({ sessions }) => {
        const [listed] = await sessions.list('ada')
        await sessions.revoke(listed?.id ?? '', { owner: 'ada' })
      },
    ],
  ])('%s is seen as late as that, and no later', async (_, end) => {
    const its = await app()
    const copy = its.visitor.steal()
    await end(its, copy)
    expect(await copy.text('/')).toBe('ada')
    its.clock.advance('59s')
    expect(await copy.text('/')).toBe('ada')
    its.clock.advance('1s')
    expect(await copy.text('/')).toBe('nobody')
    expect(await its.sessions.list('ada')).toEqual([])
  })

  it('a write within that time undoes the logout, as on every eventual store', async () => {
    const { clock, visitor } = await app()
    const copy = visitor.steal()
    await visitor.get('/logout')
    clock.advance('30s')
    await copy.get('/write')
    clock.advance('60s')
    expect(await copy.text('/')).toBe('ada')
  })

  it('a login is seen that late elsewhere, too', async () => {
    const { clock, visitor } = await app()
    const other = visitor.steal()
    await other.get('/login')
    expect(await other.text('/')).toBe('nobody')
    clock.advance('60s')
    expect(await other.text('/')).toBe('ada')
  })

  it('says that it is eventual, so that what needs more is refused or denied', async () => {
    const { sessions, store, clock } = await app()
    expect(sessions.capabilities).toMatchObject({ compareAndSet: false, immediate: false })
    expect(() => new SessionManager({ secrets: SECRETS[0], store, rotateEvery: '1h' })).toThrow('rotateEvery')
    expect(() => laggingStore(new MemoryStore(), clock, 0)).toThrow('lag: expected')
  })

  it('what is there is in the store behind it at once', async () => {
    const { now, sessions, visitor } = await app()
    const [listed] = await sessions.list('ada')
    const id = listed?.id ?? ''
    expect(now.get(id)).not.toBeNull()
    await visitor.get('/logout')
    expect(now.get(id)).toBeNull()
    expect(await sessions.list('ada')).toHaveLength(1)
  })
})
