import { describe, expect, it } from 'vitest'
import { withSession } from '../../src/deno.ts'
import { handlerPromises } from './handler-promises.ts'
import { ORIGIN, world } from './world.ts'

describe('keepsake/deno', () => {
  handlerPromises((sessions, handle) => withSession(sessions, handle))

  it('passes on what Deno passes', async () => {
    const info = { remoteAddr: { hostname: '192.0.2.1' } }
    const handler = withSession(
      world('sealed').sessions,
      (_request, session, { remoteAddr }: typeof info) =>
        new Response(`${session.isNew} ${remoteAddr.hostname}`),
    )
    expect(await (await handler(new Request(ORIGIN), info)).text()).toBe('true 192.0.2.1')
  })
})
