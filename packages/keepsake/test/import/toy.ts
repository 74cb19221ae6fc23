import { type Cookies, type Opening, type Reader, reader, type TakeOver } from '../../src/index.ts'
import type { Data } from '../core/kit.ts'

/** What our toy of another library keeps, readable and unsigned. */
export interface Old {
  id?: string
  user?: string
  cart?: string[]
}

/** A cookie of the toy. */
export function cookieOf(old: Old, name = 'old'): string {
  return `${name}=${Buffer.from(JSON.stringify(old)).toString('base64url')}`
}

/** A reader of it. */
export function toy(
  more: Partial<TakeOver<Old, Data>> = {},
  names: readonly string[] = ['old'],
): Reader<Data> {
  const open = (cookies: Cookies): Opening<Old> | undefined => {
    const value = cookies(names[0] as string)
    if (!value?.startsWith('ey')) return undefined
    const old: Old = JSON.parse(Buffer.from(value, 'base64url').toString())
    return { old, ...(old.id !== undefined && { id: old.id }) }
  }
  const options = { until: '2099-01-01', map: ({ cart }: Old) => ({ cart }), ...more }
  return reader({ door: 'toy', cookies: names, open }, options)
}
