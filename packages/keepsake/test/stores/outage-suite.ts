import { expect, it, onTestFinished } from 'vitest'
import type { Visitor } from '../../src/testing.ts'
import type { App, Server } from './manager-suite.ts'

/** A visitor who has counted to 1 as ada, and the server that keeps it, of this test alone. */
export interface Visit<S> {
  readonly server: S
  readonly visitor: Visitor
}

/** Starts a server and an app on it; at the end the server goes first, since a client may wait for it. */
export async function counted<S extends Server>(
  start: () => Promise<S>,
  open: (server: S) => Promise<App>,
): Promise<Visit<S>> {
  const server = await start()
  let opened: App | undefined
  onTestFinished(async () => {
    await server.stop()
    await opened?.end()
  })
  opened = await open(server)
  const visitor = opened.visit()
  await visitor.get('/login/ada')
  await visitor.get('/count')
  return { server, visitor }
}

/** Tests what visitors see of an outage. */
export function testOutage<S extends Server>(visit: () => Promise<Visit<S>>): void {
  it.each([
    'SIGSTOP',
    'SIGKILL',
  ] as const)('is an error in time after %s, and costs no visitor the cookie', async (signal) => {
    const { server, visitor } = await visit()
    const cookies = visitor.cookies()
    server.signal(signal)
    const began = performance.now()
    expect(await visitor.text('/')).toBe('store_unavailable')
    expect(performance.now() - began).toBeLessThan(2_000)
    for (const path of ['/count', '/login/bob']) expect(await visitor.text(path)).toBe('store_unavailable')
    expect(visitor.cookies()).toEqual(cookies)
  })
}

/** Freezes the server until its visitor has seen it, and thaws it. */
export async function freezeAndThaw({ server, visitor }: Visit<Server>): Promise<void> {
  server.signal('SIGSTOP')
  expect(await visitor.text('/')).toBe('store_unavailable')
  server.signal('SIGCONT')
  expect(await visitor.text('/')).toBe('ada 1')
}
