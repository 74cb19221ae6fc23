import { beforeAll, describe, expect, it, vi } from 'vitest'
import { fromReactRouter } from '../../src/import/react-router.ts'
import { hostileTests, open } from './kit.ts'
import { committed, DATA, type Data, OTHER, reactRouter, remix2, SECRET } from './old-apps.ts'

const common = { until: '2099-01-01', map: (old: Data) => old, secrets: SECRET }

const libraries = [
  ['React Router', reactRouter],
  ['Remix', remix2],
] as const

// both complain of cookies that are not signed
beforeAll(() => void vi.spyOn(console, 'warn').mockReturnValue())

describe.each(libraries)('%s', (_, { cookie, memory }) => {
  it('is read from cookies', async () => {
    const jar = await committed(cookie({ secrets: [SECRET] }))
    expect(jar).toHaveProperty('__session')
    expect(await open(fromReactRouter(common), jar, 0)).toEqual({ data: DATA })
  })

  it("is read by the id in the cookie, through the app's readData", async () => {
    const storage = memory({ secrets: [SECRET], name: 'id' })
    const jar = await committed(storage)
    const { id } = await storage.getSession(`id=${jar.id}`)
    const asked: string[] = []
    const readData = async (of: string): Promise<Data | null> => {
      asked.push(of)
      return of === id ? { ...DATA } : null
    }
    const reader = fromReactRouter({ ...common, name: 'id', readData })
    expect(await open(reader, jar, 0)).toEqual({ data: DATA, id })
    expect(asked).toEqual([id])
    expect(await open(fromReactRouter({ ...common, name: 'id' }), jar, 0)).toBeUndefined()
  })

  it('asks readData for nothing that the app did not sign, and never for the contents of a cookie', async () => {
    const reader = fromReactRouter({
      ...common,
      readData: () => {
        throw new Error('asked')
      },
    })
    const jars = [
      await committed(memory({ secrets: [OTHER] })),
      await committed(memory({})),
      await committed(cookie({ secrets: [SECRET] })),
      {},
    ]
    for (const jar of jars) expect(await open(reader, jar, 0)).toBeUndefined()
  })

  it('is read whichever of the secrets signed it', async () => {
    const jar = await committed(cookie({ secrets: [SECRET, OTHER] }))
    expect(await open(fromReactRouter({ ...common, secrets: [OTHER, SECRET] }), jar, 0)).toMatchObject({
      data: DATA,
    })
    expect(await open(fromReactRouter({ ...common, secrets: OTHER }), jar, 0)).toBeUndefined()
  })

  it('is not read unsigned, or under another name', async () => {
    expect(await open(fromReactRouter(common), await committed(cookie({})), 0)).toBeUndefined()
    const jar = await committed(cookie({ secrets: [SECRET], name: 'other' }))
    expect(await open(fromReactRouter(common), jar, 0)).toBeUndefined()
  })
})

it.each([
  ['none', []],
  ['an empty one', ''],
  ['a variable that is not set', [undefined as unknown as string]],
])('refuses as secrets %s', (_, secrets) => {
  expect(() => fromReactRouter({ ...common, secrets })).toThrow(expect.objectContaining({ code: 'config' }))
})

describe('hostile input', () => {
  const storage = reactRouter.cookie({ secrets: [SECRET] })
  hostileTests(async () => ({
    reader: fromReactRouter(common),
    genuine: [
      await committed(storage, { a: 1 }),
      await committed(storage),
      await committed(storage, { b: 'xy' }),
    ],
    now: Date.now(),
  }))
})
