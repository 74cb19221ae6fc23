import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { browser } from 'keepsake/testing'
import { afterAll, expect, test } from 'vitest'
import { type Started, start } from '../../counter/test/started.ts'

const cwd = resolve(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'slices-'))
const SESSION_SECRET = 'q3Zb8sVnK1xT6mYcR0wLh7GdJ5uPfEa2'

afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function both(env: Record<string, string>, walk: (shop: Started, account: Started) => Promise<void>) {
  const shop = await start('node shop.ts', { cwd, env })
  try {
    const account = await start('node account.ts', { cwd, env })
    await walk(shop, account).finally(() => account.stop())
  } finally {
    await shop.stop()
  }
}

test.each([
  ['sealed in the cookie', {}],
  ['in one SQLite file', { DATABASE: join(folder, 'sessions.db') }],
])('what one slice knows of a visitor the other knows, %s', async (_, more) => {
  await both({ SESSION_SECRET, ...more }, async (shop, account) => {
    const visitor = browser((request) => fetch(request), { origin: shop.origin })
    const [atShop, atAccount] = [
      (path: string) => shop.origin + path,
      (path: string) => account.origin + path,
    ]
    const posted = async (url: string): Promise<string> => (await visitor.post(url)).text()
    expect(await posted(atShop('/tea'))).toBe('stranger: tea')
    expect(await posted(atAccount('/ada'))).toBe('ada')
    expect(await visitor.text(atShop('/'))).toBe('ada: tea')
    expect(await posted(atShop('/milk'))).toBe('ada: tea, milk')
    expect(await posted(atAccount('/'))).toBe('nobody')
    expect(await visitor.text(atShop('/'))).toBe('stranger: nothing')
    expect(await visitor.text(atAccount('/'))).toBe('nobody')
  })
})

test('slices of other secrets share nothing', async () => {
  await both({ SESSION_SECRET }, async (shop) => {
    const other = 'mYcR0wLh7GdJ5uPfEa2q3Zb8sVnK1xT6'
    const stranger = await start('node account.ts', { cwd, env: { SESSION_SECRET: other } })
    try {
      const visitor = browser((request) => fetch(request), { origin: stranger.origin })
      await visitor.post('/ada')
      expect(await visitor.text(`${shop.origin}/`)).toBe('stranger: nothing')
    } finally {
      await stranger.stop()
    }
  })
})
