import { beforeEach, describe, expect, test } from 'vitest'
import { backings, mint, N, type Target, target, turn } from './kit.ts'

describe.each(backings)('%s', (backing) => {
  let on: Target
  let v1: string
  let v2: string

  beforeEach(async () => {
    on = target(backing)
    v1 = await mint(on)
    v2 = await mint(on, { uid: 'u_2' })
    on.forget()
  })

  const opens: readonly [string, (v: string) => string][] = [
    ['T-C1', (v) => `${N}=${v}`],
    ['T-C5', (v) => `\t  ${N}=${v} \t; a=b`],
    ['T-C11', (v) => `$Version=1; ${N}=${v}`],
    ['T-C12', (v) => `a="x; ${N}=${v}; b=y"`],
    ['T-C14', (v) => `abc; ${N}=${v}`],
    ['T-C20', (v) => `${N}=${v}; ${N}=${v}`],
    ['T-C29', (v) => `x=${'y'.repeat(8 * 1024)}; ${N}=${v}`],
    ['T-C31', (v) => `a=\x01; b=\x7f; c=é; d=\ufffd; ${N}=${v}`],
  ]

  test.each(opens)('%s opens', async (_id, header) => {
    expect(await turn(on, header(v1))).toMatchObject({ data: { uid: 'u_1' }, sent: [] })
    expect(on.events).toEqual([])
  })

  const anonymous: readonly [string, (v: string) => string | null][] = [
    ['T-C2', () => null],
    ['T-C2', () => ''],
    ...[';', ';;;', '=', '==', ' ; ', ','].map((header) => ['T-C3', () => header] as [string, () => string]),
    ['T-C4', (v) => `__host-http-session=${v}; __HOST-HTTP-SESSION=${v}`],
    ['T-C6', (v) => `\xa0${N}=${v}; \u2000${N}=${v}; \ufeff${N}=${v}`],
    ['T-C8', (v) => `__%48ost-Http-session=${v}; %5f%5fHost-Http-session=${v}`],
    ['T-C10', (v) => `${N}="${v}"`],
    ['T-C11', (v) => `$Version=1; ${N}="${v}"; $Path="/"`],
    ['T-C15', (v) => `=${N}=${v}`],
    ['T-C15', (v) => `${N}==${v}`],
    ['T-C15', (v) => `${N}=${v}=`],
    ['T-C16', () => N],
    ['T-C17', () => `${N}=`],
    ['T-C18', (v) => `${N}=%41${v.slice(1)}`],
    ['T-C29', (v) => `x=${'y'.repeat(17 * 1024)}; ${N}=${v}`],
  ]

  test.each(
    anonymous,
  )('%s (%#) is anonymous, and costs neither cryptography nor a store call', async (_id, header) => {
    expect(await turn(on, header(v1))).toMatchObject({ data: {}, sent: [] })
    expect([on.crypto, on.calls]).toEqual([[], []])
  })

  test.each([
    ['T-C21', (v: string) => `${N}=junk; ${N}=${v}`],
    ['T-C22', (v: string) => `${N}=${v}; ${N}=junk`],
  ])('%s opens, and says that there was another', async (_id, header) => {
    expect(await turn(on, header(v1))).toMatchObject({ data: { uid: 'u_1' }, sent: [] })
    expect(on.events).toMatchObject([{ type: 'duplicate-ignored', count: 2 }])
  })

  test('T-C23 two sessions, in either order: none, and nothing is deleted', async () => {
    for (const header of [`${N}=${v1}; ${N}=${v2}`, `${N}=${v2}; ${N}=${v1}`]) {
      on.forget()
      expect(await turn(on, header)).toMatchObject({ data: {}, outcome: 'duplicate', sent: [] })
      expect(on.events).toMatchObject([{ type: 'duplicate', count: 2 }])
    }
  })

  test('T-C28 destroy() with duplicates sends one clearing cookie', async () => {
    for (const header of [`${N}=junk; ${N}=${v1}`, `${N}=${v2}; ${N}=${v1}`]) {
      const { sent } = await turn(on, header, (session) => session.destroy())
      const ours = sent.filter((line) => line.startsWith(`${N}=`))
      expect(ours).toEqual([`${N}=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax`])
    }
  })
})

test('T-C26 a destroyed session beside a live one, in either order: the live one', async () => {
  const on = target('stored')
  const [gone, live] = [await mint(on, { uid: 'gone' }), await mint(on, { uid: 'live' })]
  await turn(on, `${N}=${gone}`, (session) => session.destroy())
  for (const header of [`${N}=${gone}; ${N}=${live}`, `${N}=${live}; ${N}=${gone}`]) {
    expect(await turn(on, header)).toMatchObject({ data: { uid: 'live' }, sent: [] })
  }
})
