import type { Page } from 'playwright-core'
import { ok, same } from '../promises/expect.ts'
import { add, isSignedIn, newPage, sessionCookie, signIn, type Trip } from './trip.ts'

/** One step of a visit, and a row of the table. */
export interface Step {
  readonly row: string
  readonly run: (trip: Trip) => Promise<void>
}

/** From the first look to two devices, of which one signs the other out: for every runtime. */
export const usual: readonly Step[] = [
  {
    row: 'looking costs no cookie',
    run: async ({ desk, shoot }) => {
      await desk.goto('/')
      same(await desk.context().cookies(), [])
      await shoot(desk, '1-front')
    },
  },
  {
    row: 'a message is shown once',
    run: async ({ desk, shoot }) => {
      await add(desk, 'Music box')
      same(await desk.getByRole('status').textContent(), 'Music box: in your cart.')
      await shoot(desk, '2-message')
      await desk.goto('/')
      same(await desk.getByRole('status').count(), 0)
    },
  },
  {
    row: 'a wrong password is said, and the cart is kept',
    run: async ({ desk, shoot }) => {
      await desk.goto('/sign-in')
      await shoot(desk, '3-sign-in')
      await desk.getByLabel('Name').fill('Ada')
      await desk.getByLabel('Password').fill('guess')
      await desk.getByRole('button', { name: 'Sign in' }).click()
      await desk.getByText('That is not it.').waitFor()
      await shoot(desk, '4-wrong-password')
    },
  },
  {
    row: 'the cart survives signing in',
    run: async ({ desk, shoot }) => {
      const before = await sessionCookie(desk)
      await signIn(desk)
      ok(before?.value !== (await sessionCookie(desk))?.value, 'the cookie is the one of before the login')
      await desk.goto('/cart')
      await desk.getByRole('heading', { name: 'Music box' }).waitFor()
      await shoot(desk, '5-cart')
    },
  },
  {
    row: 'no script can read the cookie',
    run: async ({ desk }) => {
      same(await desk.evaluate('document.cookie'), '')
      const cookie = await sessionCookie(desk)
      same([cookie?.httpOnly, cookie?.sameSite, cookie?.path], [true, 'Lax', '/'])
    },
  },
]

/** Where the shop keeps a list of devices. */
export const devices: readonly Step[] = [
  {
    row: 'your devices: both are there',
    run: async ({ desk, phone, shoot }) => {
      await signIn(phone, { remember: true })
      await desk.goto('/account')
      same(await desk.getByRole('heading', { level: 3 }).count(), 2)
      await desk.getByText('Safari on iPhone').waitFor()
      await desk.getByText('this device').waitFor()
      await shoot(desk, '6-devices')
      await shoot(phone, '6-devices-phone-dark')
    },
  },
  {
    row: 'remember me outlives the browser, and without it nothing does',
    run: async ({ desk, phone }) => {
      // To the absolute limit; the server ends it when it was not seen for 30 days.
      const days = async (page: Page): Promise<number> => {
        const expires = (await sessionCookie(page))?.expires ?? 0
        return expires < 0 ? expires : Math.round((expires - Date.now() / 1_000) / 86_400)
      }
      same([await days(desk), await days(phone)], [-1, 90])
    },
  },
  {
    row: 'sign out one',
    run: async ({ desk, phone, shoot }) => {
      await desk.goto('/account')
      await desk.getByRole('button', { name: 'Sign out Safari on iPhone' }).click()
      await desk.getByText('That device is signed out.').waitFor()
      same([await isSignedIn(phone), await isSignedIn(desk)], [false, true])
      await shoot(phone, '7-signed-out-from-afar')
    },
  },
]

/** Sealed, the shop knows this device alone, and says so. */
export const alone: readonly Step[] = [
  {
    row: 'sealed: this device alone, and the page says why',
    run: async ({ desk, shoot }) => {
      await desk.goto('/account')
      same(await desk.getByRole('heading', { level: 3 }).count(), 1)
      await desk.getByText('This shop runs with sealed cookies').waitFor()
      await shoot(desk, '6-devices')
    },
  },
]

/** All the rest: where the whole story is told. */
export const further: readonly Step[] = [
  {
    row: 'sign out all others',
    run: async ({ desk, phone, browser, shop }) => {
      const tablet = await newPage(browser, shop, 'phone')
      await Promise.all([signIn(phone), signIn(tablet)])
      await desk.goto('/account')
      await desk.getByRole('button', { name: 'Sign out all other devices' }).click()
      await desk.getByText('All other devices are signed out.').waitFor()
      same([await isSignedIn(phone), await isSignedIn(tablet), await isSignedIn(desk)], [false, false, true])
      await tablet.context().close()
    },
  },
  {
    row: 'a restart of the server ends no session',
    run: async ({ desk, shop }) => {
      const cookie = await sessionCookie(desk)
      await shop.server.restart()
      same(await isSignedIn(desk), true)
      await desk.goto('/cart')
      await desk.getByRole('heading', { name: 'Music box' }).waitFor()
      same((await sessionCookie(desk))?.value, cookie?.value)
    },
  },
  {
    row: 'a form posted from another site finds its state',
    run: async ({ phone, shop, shoot }) => {
      await phone.context().clearCookies()
      await add(phone, 'Hourglass')
      await phone.goto('/sign-in')
      await phone.getByRole('link', { name: 'Sign in with Example ID' }).click()
      await phone.getByRole('heading', { name: 'Example ID' }).waitFor()
      ok(!phone.url().startsWith(shop.origin), `still at ${phone.url()}`)
      await shoot(phone, '8-example-id')
      await phone.getByRole('button', { name: 'Continue' }).click()
      await phone.getByRole('heading', { name: 'Hello, Ada' }).waitFor()
      const names = (await phone.context().cookies()).map(({ name }) => name)
      same(
        names.filter((name) => name.endsWith('example-id')),
        [],
        'what was for the way is left',
      )
      await phone.goto('/cart')
      await phone.getByRole('heading', { name: 'Hourglass' }).waitFor()
    },
  },
]

/** The end of every visit. */
export const leaving: readonly Step[] = [
  {
    row: 'signed out, the cookie is gone from the browser',
    run: async ({ desk, shoot }) => {
      await desk.goto('/account')
      await desk.getByRole('button', { name: 'Sign out this device' }).click()
      await desk.getByRole('heading', { name: 'You are signed out' }).waitFor()
      same(await sessionCookie(desk), undefined)
      await shoot(desk, '9-goodbye')
    },
  },
  {
    row: 'the back button shows no private page',
    run: async ({ desk, shoot }) => {
      // Of a page that was kept as it was, this never returns.
      await desk.goBack()
      await desk.getByRole('heading', { name: 'Sign in' }).waitFor()
      same(await desk.getByText('Hello, Ada').count(), 0)
      await shoot(desk, '9-back')
    },
  },
]
