import { describe, expect, test } from 'vitest'
import { browser } from '../../src/testing.ts'
import { backings, mint, N, request, target } from './kit.ts'

const nameOf = (line: string): string => line.split('=', 1)[0] ?? ''

describe.each(backings)('%s', (backing) => {
  test.each([
    'session',
    'session-ended',
  ])('T-F14 a transient named %s takes no other cookie’s place', async (purpose) => {
    const on = target(backing)
    const state = on.sessions.transient<string>(purpose)
    const lines = [await state.set('x'), state.clear()]
    for (const line of lines) expect([N, `${N}-ended`]).not.toContain(nameOf(line))
    const pair = lines[0]?.split(';', 1)[0] ?? ''
    expect(await state.get(request(`${N}=${await mint(on)}; ${pair}`))).toBe('x')
  })

  test('T-F14 it is there for the browser that began, until it is cleared', async () => {
    const on = target(backing)
    const state = on.sessions.transient<string>('oauth')
    const visit = async (request: Request): Promise<Response> => {
      const value = await state.get(request)
      const line = value === undefined ? await state.set('state') : state.clear()
      return new Response(value ?? 'none', { headers: { 'set-cookie': line } })
    }
    const [mine, other] = [browser(visit), browser(visit)]
    expect([await mine.text('/'), await other.text('/')]).toEqual(['none', 'none'])
    expect([await mine.text('/'), await mine.text('/')]).toEqual(['state', 'none'])
  })

  test('T-F14 two values of one transient: neither is used', async () => {
    const on = target(backing)
    const state = on.sessions.transient<string>('oauth')
    const pairs = [await state.set('mine'), await state.set('planted')].map((line) => line.split(';', 1)[0])
    expect(await state.get(request(pairs.join('; ')))).toBeUndefined()
    expect(await state.get(request(pairs[0] ?? ''))).toBe('mine')
  })

  test('T-F14 after its time it is gone, and under another purpose it never was', async () => {
    const on = target(backing)
    const pair = (await on.sessions.transient('oauth').set('x')).split(';', 1)[0] ?? ''
    expect(await on.sessions.transient('other').get(request(pair.replace('oauth', 'other')))).toBeUndefined()
    on.clock.advance('10m')
    expect(await on.sessions.transient('oauth').get(request(pair))).toBeUndefined()
  })
})
