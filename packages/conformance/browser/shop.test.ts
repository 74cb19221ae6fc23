import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { same } from '../promises/expect.ts'
import { type Result, record } from '../report/results.ts'
import { missing, openBrowser } from './chromium.ts'
import { type Shop, shopOn, shopOnLocalhost, shopOverTls } from './shops.ts'
import { alone, devices, further, leaving, type Step, usual } from './steps.ts'
import { begin, sessionCookie } from './trip.ts'

const why = missing()
const required = process.env.KEEPSAKE_REQUIRE_SERVICES === '1'

let browser: Browser

beforeAll(async () => {
  if (why === undefined) browser = await openBrowser()
  else console.warn(`\nThe shop was not tried in a browser: ${why}.\n`)
})

afterAll(() => browser?.close())

/** What the browser says of the cookie, over https and over http on this machine. */
const cookieStep = (expected: { readonly name: string; readonly secure: boolean }): Step => ({
  row: 'the cookie is named and secured as it should',
  run: async ({ desk }) => {
    const { name, secure } = (await sessionCookie(desk)) ?? {}
    same({ name, secure }, expected)
  },
})

const production = cookieStep({ name: '__Host-Http-session', secure: true })
const development = cookieStep({ name: 'session', secure: false })

const whole = [...devices, ...further, ...leaving]

const visits: readonly (readonly [
  group: string,
  column: string,
  open: () => Promise<Shop>,
  steps: readonly Step[],
])[] = [
  ['Node 24', 'https://shop.test', shopOverTls, [...usual, production, ...whole]],
  ['Node 24', 'http://localhost', shopOnLocalhost, [...usual, development, ...whole]],
  [
    'Node 24',
    'http://localhost, sealed',
    () => shopOn('Node, sealed'),
    [...usual, development, ...alone, ...leaving],
  ],
  ['Deno', 'http://localhost', () => shopOn('Deno'), [...usual, development, ...devices, ...leaving]],
  ['Bun', 'http://localhost', () => shopOn('Bun'), [...usual, development, ...devices, ...leaving]],
  ['workerd', 'http://localhost', () => shopOn('workerd'), [...usual, development, ...devices, ...leaving]],
]

const rows = new Set(
  [...usual, production, ...devices, ...alone, ...further, ...leaving].map(({ row }) => row),
)

test('there is a browser, or none is required', () => {
  for (const [group, column] of why === undefined ? [] : visits) {
    const nothing = { table: 'browser', group, column, passed: 0, failed: [], absent: `not tried: ${why}` }
    record(
      `browser ${group} ${column}`,
      [...rows].map((row) => ({ ...nothing, row })),
    )
  }
  expect(required ? why : undefined).toBeUndefined()
})

/** Takes the steps one after the other; after one that fails there is no sense in the next. */
async function visit(
  group: string,
  column: string,
  open: () => Promise<Shop>,
  steps: readonly Step[],
): Promise<Result[]> {
  const results = new Map<string, Pick<Result, 'passed' | 'failed' | 'absent'>>()
  for (const row of rows) results.set(row, { passed: 0, failed: [], absent: reasonFor(row, column) })
  const shop = await open()
  try {
    const trip = await begin(browser, shop, `${group}-${column}`.replaceAll(/[^\w]+/g, '-').toLowerCase())
    for (const { row, run } of steps) {
      const failure = await run(trip).then(() => undefined, String)
      results.set(
        row,
        failure === undefined ? { passed: 1, failed: [] } : { passed: 0, failed: [`${row}: ${failure}`] },
      )
      if (failure !== undefined) break
    }
    await trip.end()
  } finally {
    await shop.close()
  }
  return [...results].map(([row, result]) => ({ table: 'browser', group, column, row, ...result }))
}

function reasonFor(row: string, column: string): string {
  const sealed = column.endsWith('sealed')
  if (alone.some((step) => step.row === row)) return 'about sealed sessions'
  if (sealed && devices.some((step) => step.row === row)) return 'sealed, the shop keeps no list of devices'
  return 'told in full on Node, over https and http'
}

test.runIf(why === undefined).each(visits)(
  'the shop on %s, %s',
  async (group, column, open, steps) => {
    const results = await visit(group, column, open, steps)
    record(`browser ${group} ${column}`, results)
    expect(results.flatMap(({ failed }) => failed)).toEqual([])
  },
  240_000,
)
