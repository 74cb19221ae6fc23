/** What the sessions of the benchmark hold. */
export interface Data {
  userId: string
  name: string
  role: string
  csrf: string
  views: number
  loggedInAt: number
  theme: string
  lang: string
  cart?: Item[]
}

interface Item {
  sku: string
  qty: number
  price: number
  note: string
}

/** For every library the same: it guards nothing. */
export const SECRET = 'mQ4v7Zc1pXoK9sTyB2eRnL8wUaHd3JfG'

/** 161 bytes of JSON. */
export function small(): Data {
  return {
    userId: 'usr_8f14e45fceea167a',
    name: 'Ada Lovelace',
    role: 'admin',
    csrf: 'Zm9vYmFyYmF6cXV4',
    views: 41,
    loggedInAt: 1_763_600_000_000,
    theme: 'dark',
    lang: 'en',
  }
}

/** About so many bytes of JSON: the small session, with a cart. */
export function sized(bytes: number): Data {
  const cart: Item[] = []
  const data = { ...small(), cart }
  let length = JSON.stringify(data).length
  for (let i = 0; length < bytes - 30; i++) {
    const item = {
      sku: `SKU-${i * 7919 + 1013}`,
      qty: 1 + (i % 9),
      price: ((i * 37) % 997) / 10,
      note: note(i),
    }
    cart.push(item)
    length += JSON.stringify(item).length + 1
  }
  return data
}

function note(i: number): string {
  return `gift wrap ${(i * 104_729).toString(36)}`
}

/** A browser's Cookie header: three others, and what these Set-Cookie values told it. */
export function cookieHeader(setCookies: readonly string[]): string {
  const ours = setCookies.map((line) => line.split(';', 1)[0])
  return ['consent=1', '_ga=GA1.2.1183942.17636', ...ours, 'lang=en-GB'].join('; ')
}

export function request(cookie?: string): Request {
  const headers = { accept: 'text/html', 'user-agent': 'bench/1', ...(cookie !== undefined && { cookie }) }
  return new Request('https://shop.test/', { headers })
}
