import { mkdtempSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { browser } from 'keepsake/testing'
import { afterAll, expect, test } from 'vitest'
import { start } from '../../counter/test/started.ts'
import { PASSWORD } from '../app/sign-in.ts'

const here = resolve(import.meta.dirname, '..')
const env = { SESSION_SECRET: 'q3Zb8sVnK1xT6mYcR0wLh7GdJ5uPfEa2' }
// Inside the shop, because Deno looks for node_modules from where it is started.
const kept = mkdtempSync(`${here}/test/kept-`)

afterAll(() => rmSync(kept, { recursive: true, force: true }))

const worker = `wrangler dev --config ${here}/wrangler.jsonc --persist-to ${kept} --var SESSION_SECRET:${env.SESSION_SECRET}`

test.each([
  ['Node', `node ${here}/node.ts`],
  ['Node, sealed', `node ${here}/node.ts --sealed`],
  ['Deno', `deno serve --port {port} --allow-env --allow-read --allow-write ${here}/deno.ts`],
  ['Bun', `bun ${here}/bun.ts`],
  ['workerd', `${worker} --port {port} --inspector-port 0`],
])('on %s a visitor stays signed in through a restart', async (_, command) => {
  const first = await start(command, { cwd: kept, env })
  const visitor = browser((request) => fetch(request), { origin: first.origin })
  await visitor.post('/cart/add', { item: 'compass' }).finally(first.stop)

  const second = await start(command, { cwd: kept, env, port: first.port })
  const signIn = { name: 'Ada', password: PASSWORD, next: '/account' }
  await visitor.post('/sign-in', signIn).finally(second.stop)

  const third = await start(command, { cwd: kept, env, port: first.port })
  const pages = Promise.all([visitor.text('/account'), visitor.text('/cart')])
  const [account, cart] = await pages.finally(third.stop)
  expect(account).toContain('Hello, Ada')
  expect(cart).toContain('Pocket compass')
})
