import type { SessionError } from '../index.ts'
import type { Bench, CheckSpec } from './contract-bench.ts'
import { freshId } from './contract-names.ts'
import { expectSame } from './expect.ts'

const DAY = 86_400_000
/** What a store that declares no limit must keep, in bytes. */
const UNDECLARED = 64_000
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

const VALUES: Readonly<Record<string, readonly string[]>> = {
  'the empty text': [''],
  'quotes, backslashes and what looks like SQL, JSON or escapes': [
    `'; DROP TABLE sessions; --`,
    `"'\`\\ \\u0000 \\0 %00 $1 ? :a @b {} [] ~ ~"~" null undefined 1 01 1e3`,
    '~',
    '~"x"',
    '"x"',
    'null',
    '1',
  ],
  'control characters and line ends': [
    Array.from({ length: 33 }, (_, code) => String.fromCharCode(code + 1)).join(''),
    'a\r\nb\nc\rd\u2028e\u2029f\u0085 trailing ',
    '\ufeffmark first',
  ],
  NUL: ['\0', 'a\0b', '\0\0end', 'end\0'],
  'every plane of Unicode, not normalised': [
    Array.from({ length: 17 }, (_, plane) => String.fromCodePoint(plane * 0x10000 + 0xfffd)).join(''),
    'e\u0301 \u00e9 \u212b 👩‍👩‍👧 \u202e\ufffe\uffff',
  ],
  'lone surrogates': ['\ud800', '\udfff', 'a\ud83db', '\ude00\ud83d', '\0\ud800"~'],
}

/** Values and ids come back as they went in. */
export const valueChecks: readonly CheckSpec[] = [
  ...Object.entries(VALUES).map(([what, values]) => ({
    name: `keeps ${what}`,
    run: (bench: Bench): Promise<void> => roundTrip(bench, values),
  })),
  {
    name: 'keeps values up to its limit',
    async run(bench) {
      const maxValue = bench.store.maxValue ?? UNDECLARED
      const wide = '\u00e9'.repeat(Math.floor(maxValue / 2))
      await roundTrip(bench, ['x'.repeat(maxValue), wide, 'x'.repeat(1_000)])
    },
  },
  {
    name: 'refuses what is a byte over the limit it declares, and says so',
    async run({ store, in: at }) {
      if (store.maxValue === undefined) return
      const [id, tooLarge] = [freshId(), 'x'.repeat(store.maxValue + 1)]
      const wanted = ['too_large', store.maxValue + 1, store.maxValue]
      expectSame(await refusal(() => store.create(id, tooLarge, at(DAY))), wanted, 'create')
      expectSame(await store.get(id), null, 'not created')
      await store.create(id, 'x', at(DAY))
      expectSame(await refusal(() => store.update(id, tooLarge, at(DAY), 1)), wanted, 'update')
      expectSame((await store.get(id))?.value, 'x', 'not updated')
    },
  },
  {
    name: 'keeps every id of A-Z, a-z, 0-9, - and _ apart',
    async run({ store, in: at }) {
      const ids = [22, 43].flatMap(spellings)
      for (const id of ids) expectSame(await store.create(id, id, at(DAY)), true, `create ${id}`)
      for (const id of ids) expectSame((await store.get(id))?.value, id, id)
      for (const id of ids) await store.delete(id)
    },
  },
]

async function roundTrip({ store, in: at }: Bench, values: readonly string[]): Promise<void> {
  for (const value of values) {
    const id = freshId()
    await store.create(id, value, at(DAY))
    expectSame((await store.get(id))?.value, value, 'created')
    await store.update(id, 'between', at(DAY), 1)
    await store.update(id, value, at(DAY), 2)
    expectSame((await store.get(id))?.value, value, 'updated')
  }
}

async function refusal(call: () => unknown): Promise<unknown> {
  try {
    return await call()
  } catch (error) {
    const { code, size, limit } = error as SessionError
    return [code, size, limit]
  }
}

/** Ids of one length that differ in case alone, and that together have every character. */
function spellings(length: number): string[] {
  const start = freshId().slice(0, 8)
  const rows = Array.from({ length: 8 }, (_, row) => ALPHABET.repeat(2).slice(row * 8, row * 8 + length - 8))
  return [
    ...rows.map((row) => start + row),
    `${start.toLowerCase()}${'a'.repeat(length - 8)}`,
    `${start.toLowerCase()}${'A'.repeat(length - 8)}`,
  ]
}
