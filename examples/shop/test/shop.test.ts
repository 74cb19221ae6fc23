import { MemoryStore } from 'keepsake'
import { browser, type Visitor } from 'keepsake/testing'
import { describe, expect, test } from 'vitest'
import { type ShopSessions, shopSessions } from '../app/sessions.ts'
import { shop } from '../app/shop.ts'
import { PASSWORD } from '../app/sign-in.ts'

const SECRET = 'q3Zb8sVnK1xT6mYcR0wLh7GdJ5uPfEa2'
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1'

const stored = (): ShopSessions => shopSessions(SECRET, new MemoryStore())
const sealed = (): ShopSessions => shopSessions(SECRET)

async function signIn(visitor: Visitor, name: string, userAgent = FIREFOX): Promise<string> {
  const form = { name, password: PASSWORD, next: '/account' }
  return (await visitor.post('/sign-in', form, { headers: { 'user-agent': userAgent } })).text()
}

describe.each([
  ['stored', stored],
  ['sealed', sealed],
])('the shop with %s sessions', (_, sessions) => {
  test('a visitor who only looks gets no cookie', async () => {
    const visitor = browser(shop(sessions()))
    expect(await visitor.text('/')).toContain('Brass key')
    expect(visitor.cookies()).toEqual([])
  })

  test('the stylesheet knows nothing of sessions', async () => {
    const response = await browser(shop(sessions())).get('/style.css')
    expect(response.headers.get('cache-control')).toBe('public, max-age=300')
    expect(response.headers.get('vary')).toBeNull()
  })

  test('the cart comes before the sign-in and survives it', async () => {
    const visitor = browser(shop(sessions()))
    await visitor.post('/cart/add', { item: 'locket' })
    await visitor.post('/cart/add', { item: 'brass-key' })
    await signIn(visitor, 'Ada')
    const cart = await visitor.text('/cart')
    expect(cart).toContain('Oval locket')
    expect(cart).toContain('Brass key')
    expect(cart).toContain('Total €50')
  })

  test('pieces come out one at a time, and an order takes them all', async () => {
    const visitor = browser(shop(sessions()))
    for (const item of ['compass', 'compass', 'hourglass']) await visitor.post('/cart/add', { item })
    await visitor.post('/cart/remove', { item: 'compass' })
    expect(await visitor.text('/cart')).toContain('Total €51')
    await signIn(visitor, 'Ada')
    expect(await (await visitor.post('/cart/order')).text()).toContain('Thank you, Ada.')
    expect(await visitor.text('/cart')).toContain('Your cart is empty')
  })

  test('a message is shown once', async () => {
    const visitor = browser(shop(sessions()))
    const page = await visitor.post('/cart/add', { item: 'compass' })
    expect(await page.text()).toContain('Pocket compass: in your cart.')
    expect(await visitor.text('/')).not.toContain('in your cart.')
  })

  test('a wrong password is said, at the field', async () => {
    const response = await browser(shop(sessions())).post('/sign-in', { name: 'Ada', password: 'guess' })
    expect(response.status).toBe(422)
    expect(await response.text()).toContain('aria-describedby="problem"')
  })

  test('a name is text, whatever is in it', async () => {
    expect(await signIn(browser(shop(sessions())), '<b>Ada')).toContain('Hello, &lt;b&gt;Ada')
  })

  test('remember me outlives the browser', async () => {
    const visitor = browser(shop(sessions()))
    await visitor.post('/sign-in', { name: 'Ada', password: PASSWORD, remember: 'on' })
    visitor.restart()
    expect(await visitor.text('/account')).toContain('Hello, Ada')
  })

  test('without it the session ends with the browser', async () => {
    const visitor = browser(shop(sessions()))
    await signIn(visitor, 'Ada')
    visitor.restart()
    expect(await visitor.text('/account')).toContain('<h1>Sign in</h1>')
  })

  test('after signing out nothing private is left', async () => {
    const visitor = browser(shop(sessions()))
    await signIn(visitor, 'Ada')
    expect((await visitor.get('/account')).headers.get('cache-control')).toContain('no-store')
    expect(await (await visitor.post('/sign-out')).text()).toContain('You are signed out')
    expect(visitor.cookies().filter(({ name }) => name === '__Host-Http-session')).toEqual([])
    expect(await visitor.text('/account')).toContain('<h1>Sign in</h1>')
  })

  test('a form of another site is refused', async () => {
    const visitor = browser(shop(sessions()))
    await signIn(visitor, 'Ada')
    for (const from of ['https://elsewhere.test', 'https://blog.example.test'])
      expect((await visitor.post('/sign-out', {}, { from })).status).toBe(403)
    const nothing = { method: 'POST', from: 'https://blog.example.test' }
    expect(
      (await visitor.fetch('/sign-out', { ...nothing, headers: { 'content-type': 'application/json' } }))
        .status,
    ).toBe(403)
    expect(await visitor.text('/account')).toContain('Hello, Ada')
  })

  test('what is not there is a page too', async () => {
    const visitor = browser(shop(sessions()))
    expect((await visitor.get('/nowhere')).status).toBe(404)
    expect((await visitor.post('/cart/add', { item: 'nothing' })).status).toBe(404)
  })
})

describe('the shop with a store', () => {
  test('parallel additions all count', async () => {
    const visitor = browser(shop(stored()))
    await visitor.post('/cart/add', { item: 'postcards' })
    await Promise.all(['locket', 'locket', 'locket'].map((item) => visitor.post('/cart/add', { item })))
    expect(await visitor.text('/cart')).toContain(`Total €${9 + 3 * 38}`)
  })

  test('your devices: one is signed out, the others stay', async () => {
    const app = shop(stored())
    const [desk, phone, tablet] = [browser(app), browser(app), browser(app)]
    await signIn(phone, 'Ada', SAFARI)
    await signIn(tablet, 'Ada', 'Something else')
    await signIn(browser(app), 'Grace')
    const page = await signIn(desk, 'Ada')
    expect(page.match(/<h3>/g)).toHaveLength(3)
    expect(page).toMatch(/Firefox on Linux\s*<span class="badge">this device/)

    const id = /name="id" value="([^"]+)">\s*<button[^>]*Safari on iPhone/.exec(page)?.[1] ?? ''
    await desk.post('/account/devices/sign-out', { id })
    expect(await phone.text('/account')).toContain('<h1>Sign in</h1>')
    expect(await tablet.text('/account')).toContain('Hello, Ada')
  })

  test('all others are signed out, of this owner only', async () => {
    const app = shop(stored())
    const [desk, phone, grace] = [browser(app), browser(app), browser(app)]
    await signIn(phone, 'Ada', SAFARI)
    await signIn(grace, 'Grace')
    await signIn(desk, 'Ada')
    const page = await (await desk.post('/account/devices/sign-out-others')).text()
    expect(page).toContain('All other devices are signed out.')
    expect(page).not.toContain('Safari')
    expect(await phone.text('/account')).toContain('<h1>Sign in</h1>')
    expect(await grace.text('/account')).toContain('Hello, Grace')
  })
})

test('sealed, the shop says that it keeps no list', async () => {
  const page = await signIn(browser(shop(sealed())), 'Ada')
  expect(page).toContain('runs with sealed cookies')
  expect(page.match(/<h3>/g)).toHaveLength(1)
})

describe('signing in with a provider that posts back', () => {
  const PROVIDER = 'https://id.elsewhere.test'

  async function begin(visitor: Visitor): Promise<URL> {
    const response = await visitor.get('/example-id', { redirect: 'manual' })
    return new URL(response.headers.get('location') ?? '')
  }

  test('the answer finds its state, and the visitor their cart', async () => {
    const visitor = browser(shop(stored(), PROVIDER))
    await visitor.post('/cart/add', { item: 'hourglass' })
    const asked = await begin(visitor)
    expect(asked.origin).toBe(PROVIDER)
    const state = asked.searchParams.get('state') ?? ''
    const answer = await visitor.post('/example-id/return', { state, name: 'Ada' }, { from: PROVIDER })
    expect(await answer.text()).toContain('Hello, Ada')
    expect(await visitor.text('/cart')).toContain('Hourglass')
  })

  test.each([
    ['another state', (visitor: Visitor) => begin(visitor)],
    ['no sign-in begun', async () => {}],
  ])('%s is refused', async (_, before) => {
    const visitor = browser(shop(stored(), PROVIDER))
    await before(visitor)
    const answer = await visitor.post('/example-id/return', { state: 'x', name: 'Eve' }, { from: PROVIDER })
    expect(answer.status).toBe(400)
    expect(await visitor.text('/account')).toContain('<h1>Sign in</h1>')
  })
})
