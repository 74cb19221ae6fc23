import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { Shop } from './shops.ts'

const folder = resolve(import.meta.dirname, '../screenshots')
const PATIENCE = 30_000

/** One visit to a shop, by one person with two devices. */
export interface Trip {
  readonly shop: Shop
  readonly browser: Browser
  /** The first device. */
  readonly desk: Page
  /** The second: another browser context, with nothing in common. */
  readonly phone: Page
  /** Keeps a picture of a page, out of git. */
  shoot(page: Page, name: string): Promise<void>
  end(): Promise<void>
}

const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1'

export async function newPage(browser: Browser, shop: Shop, device: 'desk' | 'phone'): Promise<Page> {
  const context: BrowserContext = await browser.newContext({
    baseURL: shop.origin,
    ignoreHTTPSErrors: true,
    ...(device === 'phone' && {
      userAgent: PHONE,
      viewport: { width: 390, height: 844 },
      colorScheme: 'dark',
    }),
  })
  context.setDefaultTimeout(PATIENCE)
  return context.newPage()
}

export async function begin(browser: Browser, shop: Shop, name: string): Promise<Trip> {
  mkdirSync(folder, { recursive: true })
  const [desk, phone] = [await newPage(browser, shop, 'desk'), await newPage(browser, shop, 'phone')]
  return {
    shop,
    browser,
    desk,
    phone,
    shoot: async (page, what) => {
      await page.screenshot({ path: resolve(folder, `${name}-${what}.png`), fullPage: true })
    },
    end: async () => {
      await Promise.all([desk.context().close(), phone.context().close()])
    },
  }
}

/** The session's cookie, as the browser keeps it. */
export async function sessionCookie(page: Page) {
  const cookies = await page.context().cookies()
  return cookies.find(({ name }) => /(^|-)session$/.test(name))
}

export async function add(page: Page, item: string): Promise<void> {
  await page.goto('/')
  await page.getByRole('button', { name: `Add to cart: ${item}` }).click()
  await page.getByRole('status').waitFor()
}

export async function signIn(page: Page, options: { readonly remember?: boolean } = {}): Promise<void> {
  await page.goto('/sign-in')
  await page.getByLabel('Name').fill('Ada')
  await page.getByLabel('Password').fill('forget-me-not')
  if (options.remember) await page.getByLabel('Keep me signed in').check()
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Hello, Ada' }).waitFor()
}

/** Whether this device is signed in, as its account page shows it. */
export async function isSignedIn(page: Page): Promise<boolean> {
  await page.goto('/account')
  return page.getByRole('heading', { name: 'Hello, Ada' }).isVisible()
}
