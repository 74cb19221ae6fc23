import { resolve } from 'node:path'
import { browser } from 'keepsake/testing'
import { expect, test } from 'vitest'
import { start } from './started.ts'

const here = resolve(import.meta.dirname, '..')
const SECRET = 'q3Zb8sVnK1xT6mYcR0wLh7GdJ5uPfEa2'

test.each([
  ['Node', 'node node.ts'],
  ['Deno', 'deno serve --port {port} --allow-env deno.ts'],
  ['Bun', 'bun bun.ts'],
  ['workerd', `wrangler dev --port {port} --inspector-port 0 --var SESSION_SECRET:${SECRET}`],
])('the counter counts on %s', async (_, command) => {
  const server = await start(command, { cwd: here, env: { SESSION_SECRET: SECRET } })
  try {
    const visitor = browser((request) => fetch(request), { origin: server.origin })
    expect(await visitor.text('/')).toBe('Visits: 1\n')
    expect(await visitor.text('/')).toBe('Visits: 2\n')
  } finally {
    await server.stop()
  }
})
