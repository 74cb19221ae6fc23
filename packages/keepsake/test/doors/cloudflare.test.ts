import { describe, expect, it } from 'vitest'
import { withSession } from '../../src/cloudflare.ts'
import { handlerPromises } from './handler-promises.ts'
import { backings, COOKIE, cookiesSet, ORIGIN, world } from './world.ts'

interface Env {
  readonly region: string
}
const context = { waitUntil: (_promise: Promise<unknown>): void => undefined }

describe('keepsake/cloudflare', () => {
  handlerPromises((sessions, handle) => {
    const fetch = withSession(sessions, handle)
    return (request) => fetch(request, {})
  })

  it('passes on what Workers pass', async () => {
    const passed: unknown[] = []
    const fetch = withSession(
      world('sealed').sessions,
      (_request, _session, env: Env, ctx: typeof context) => {
        passed.push(env, ctx)
        return new Response()
      },
    )
    const env = { region: 'one' }
    await fetch(new Request(ORIGIN), env, context)
    expect(passed).toEqual([env, context])
    expect(passed[0]).toBe(env)
  })

  it('makes the manager of the bindings, once for each env', async () => {
    const { sessions } = world('sealed')
    const made: Env[] = []
    const fetch = withSession(
      (env: Env) => {
        made.push(env)
        return sessions
      },
      (_request, session) => new Response(session.id),
    )
    const [one, two] = [{ region: 'one' }, { region: 'two' }]
    for (const env of [one, two, one, two]) await fetch(new Request(ORIGIN), env)
    expect(made).toEqual([one, two])
  })

  it('rejects, and does not throw, when the manager cannot be made', async () => {
    const fetch = withSession(
      (_env: Env) => {
        throw new Error('no secret')
      },
      () => new Response(),
    )
    await expect(fetch(new Request(ORIGIN), { region: 'one' })).rejects.toThrow('no secret')
  })

  it.each(backings)('%s: P15 puts the cookie on the very response of a socket', async (backing) => {
    const headers = new Headers()
    const socket = { status: 101, headers, bodyUsed: false } as unknown as Response
    const fetch = withSession(world(backing).sessions, (_request, session) => {
      session.data.visits = 1
      return socket
    })
    const response = await fetch(new Request(ORIGIN), {})
    expect(response).toBe(socket)
    expect(cookiesSet(response)).toEqual([COOKIE])
  })
})
