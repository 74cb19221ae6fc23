import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { missing, openBrowser } from './chromium.ts'
import { openSites, type Sites } from './sites.ts'

const OURS = 'shop.test'
const SISTER = 'blog.shop.test'
const OTHER = 'evil.test'

describe.runIf(missing() === undefined)('somebody who is logged in at shop.test, in Chromium', () => {
  let browser: Browser
  let sites: Sites
  let page: Page

  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser?.close())

  beforeEach(async () => {
    sites = await openSites(SISTER, OTHER)
    const context = await browser.newContext({ ignoreHTTPSErrors: true })
    page = await context.newPage()
    await send(OURS, '/login')
    expect((await context.cookies()).map(({ name, sameSite }) => [name, sameSite])).toEqual([
      ['__Host-Http-session', 'Lax'],
    ])
    return async () => {
      await context.close()
      sites.close()
    }
  })

  /** Presses the button of a form on a page of that host. */
  async function send(host: string, path: string): Promise<void> {
    await page.goto(sites.at(host))
    await page.getByRole('button', { name: path, exact: true }).click()
    await page.waitForURL(`${sites.at(OURS)}${path}`)
  }

  /** Lets a page of that host open a WebSocket, which is answered and never opens. */
  async function openSocket(host: string, path: string): Promise<void> {
    await page.goto(sites.at(host))
    const url = `${sites.at(OURS).replace('https', 'wss')}${path}`
    await page.evaluate(
      `new Promise((closed) => new WebSocket(${JSON.stringify(url)}).addEventListener('close', closed))`,
    )
  }

  test('a form of another site reaches the app without the session', async () => {
    await send(OTHER, '/act')
    expect(sites.came('/act')).toEqual({ owner: null, origin: sites.at(OTHER), cookie: false })
    await send(OURS, '/act')
    expect(sites.came('/act')).toEqual({ owner: 'ada', origin: sites.at(OURS), cookie: true })
  })

  test('a form of a sister host brings the session, and is refused where csrf is asked', async () => {
    await send(SISTER, '/act')
    expect(sites.came('/act')).toEqual({ owner: 'ada', origin: sites.at(SISTER), cookie: true })
    await send(SISTER, '/checked/act')
    expect(sites.came('/checked/act')).toBeUndefined()
    expect(sites.refused('/checked/act')).toEqual([sites.at(SISTER)])
  })

  test('csrf lets forms of the app’s own pages through without a token, and none of another site', async () => {
    await send(OTHER, '/checked/act')
    expect(sites.came('/checked/act')).toBeUndefined()
    expect(sites.refused('/checked/act')).toEqual([sites.at(OTHER)])
    await send(OURS, '/checked/act')
    expect(sites.came('/checked/act')?.owner).toBe('ada')
  })

  test('a WebSocket of a sister host brings the session, and is refused where csrf is asked', async () => {
    await openSocket(SISTER, '/socket')
    expect(sites.came('/socket')).toEqual({ owner: 'ada', origin: sites.at(SISTER), cookie: true })
    await openSocket(OTHER, '/socket')
    expect(sites.came('/socket')).toEqual({ owner: null, origin: sites.at(OTHER), cookie: false })
    for (const host of [SISTER, OTHER]) await openSocket(host, '/checked/socket')
    expect(sites.came('/checked/socket')).toBeUndefined()
    expect(sites.refused('/checked/socket')).toEqual([sites.at(SISTER), sites.at(OTHER)])
    await openSocket(OURS, '/checked/socket')
    expect(sites.came('/checked/socket')?.owner).toBe('ada')
  })
})
