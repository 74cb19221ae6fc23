import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import type { Reader, Taken } from '../../src/index.ts'

/** Cookies by name, as a browser would send them. */
export type Jar = Readonly<Record<string, string>>

/** A reader under attack, and cookies that it opens. */
export interface Target {
  readonly reader: Reader<unknown>
  /** At least one; those of a few different sessions are better. */
  readonly genuine: readonly Jar[]
  /** Ms since the epoch. */
  readonly now: number
}

/** For each format; all of them together get well over 100,000. */
const RUNS = 15_000
const SEED = 20_261_120

/** What a reader finds in a jar. */
export async function open<Data>(
  reader: Reader<Data>,
  jar: Jar,
  now: number,
): Promise<Taken<Data> | 'unfit' | undefined> {
  return reader.read((name) => (Object.hasOwn(jar, name) ? jar[name] : undefined), now)
}

/** The test vectors of this name, in `test/import/vectors`. */
export function vectors<Vectors>(name: string): Vectors {
  return JSON.parse(readFileSync(new URL(`vectors/${name}.json`, import.meta.url), 'utf8'))
}

/** What every reader owes whatever a client sends: it opens what is genuine, to the letter, and nothing else, and never throws. */
export function hostileTests(make: () => Target | Promise<Target>): void {
  // a busy machine may take a while over so many
  vi.setConfig({ testTimeout: 120_000 })
  const made = (() => {
    let target: Promise<Target> | undefined
    return () => {
      target ??= Promise.resolve(make())
      return target
    }
  })()
  const nothing = async (jar: Jar): Promise<void> => {
    const { reader, now } = await made()
    expect(await open(reader, jar, now), JSON.stringify(jar)).toBeUndefined()
  }

  test('opens what is genuine', async () => {
    const { reader, genuine, now } = await made()
    expect(genuine.length).toBeGreaterThan(0)
    for (const jar of genuine) expect(await open(reader, jar, now)).toMatchObject({ data: {} })
  })

  test('opens nothing in which a single bit is flipped', async () => {
    for (const [jar, name, value] of places((await made()).genuine)) {
      for (let at = 0; at < value.length; at++) {
        for (let bit = 0; bit < 7; bit++) await nothing({ ...jar, [name]: flipped(value, at, bit) })
      }
    }
  })

  test('opens nothing that is cut, at either end, or lengthened', async () => {
    for (const [jar, name, value] of places((await made()).genuine)) {
      for (let at = 0; at < value.length; at++) {
        await nothing({ ...jar, [name]: value.slice(0, at) })
        if (at > 0) await nothing({ ...jar, [name]: value.slice(at) })
      }
      for (const more of ['A', '=', '==', '.', ' ', '\n', '%00', '--', value])
        await nothing({ ...jar, [name]: value + more })
    }
  })

  test('opens nothing under another name, and nothing of which a part is missing', async () => {
    for (const [jar, name, value] of places((await made()).genuine)) {
      const { [name]: _, ...rest } = jar
      await nothing(rest)
      await nothing({ ...rest, [`x${name}`]: value, [name.toUpperCase()]: value })
    }
  })

  test('opens nothing else, whatever comes', async () => {
    const { genuine } = await made()
    await fc.assert(
      fc.asyncProperty(hostile(genuine), async (jar) => {
        if (!genuine.some((one) => sameJar(one, jar))) await nothing(jar)
      }),
      { numRuns: RUNS, seed: SEED },
    )
  })
}

function* places(genuine: readonly Jar[]): Generator<[Jar, string, string]> {
  for (const jar of genuine) for (const [name, value] of Object.entries(jar)) yield [jar, name, value]
}

function flipped(text: string, at: number, bit: number): string {
  return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << bit)) + text.slice(at + 1)
}

function sameJar(one: Jar, other: Jar): boolean {
  return Object.entries(one).every(([name, value]) => other[name] === value)
}

/** Jars that come close to genuine ones: cut, lengthened, spliced, decoded and encoded again; and noise. */
function hostile(genuine: readonly Jar[]): fc.Arbitrary<Jar> {
  const names = [...new Set(genuine.flatMap((jar) => Object.keys(jar)))]
  const values = genuine.flatMap((jar) => Object.values(jar))
  const value = fc.oneof(mutated(values), noise(values))
  const whole = fc
    .record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] })
    .map((jar) => jar as Jar)
  const one = fc
    .tuple(fc.constantFrom(...genuine), fc.constantFrom(...names), value)
    .map(([jar, name, it]) => ({ ...jar, [name]: it }))
  const swapped = fc
    .tuple(fc.constantFrom(...genuine), fc.constantFrom(...genuine), fc.constantFrom(...names))
    .map(([jar, other, name]) => ({ ...jar, ...(other[name] !== undefined && { [name]: other[name] }) }))
  return fc.oneof({ weight: 3, arbitrary: one }, whole, swapped)
}

function mutated(values: readonly string[]): fc.Arbitrary<string> {
  const any = fc.constantFrom(...values)
  const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
  const piece = fc.string({ unit: 'binary-ascii', maxLength: 3 })
  const cutAt = (text: string, at: number): number => Math.floor(at * text.length)
  return fc.oneof(
    fc.tuple(any, share).map(([text, at]) => text.slice(0, cutAt(text, at))),
    fc
      .tuple(any, share, piece)
      .map(([text, at, it]) => text.slice(0, cutAt(text, at)) + it + text.slice(cutAt(text, at) + 1)),
    fc.tuple(any, any, share).map(([a, b, at]) => a.slice(0, cutAt(a, at)) + b.slice(cutAt(b, at))),
    fc.tuple(any, share, fc.nat(6)).map(([text, at, bit]) => flipped(text, cutAt(text, at), bit)),
    any.map((text) => encodeURIComponent(text)),
    any.map((text) => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())),
    any.map((text) => text.replaceAll('-', '+').replaceAll('_', '/')),
    any.map((text) => `"${text}"`),
  )
}

function noise(values: readonly string[]): fc.Arbitrary<string> {
  const length = Math.max(...values.map((value) => value.length))
  return fc.oneof(
    fc.string({ unit: 'binary', maxLength: length + 20 }),
    fc.base64String({ maxLength: length + 20 }),
    fc.json().map((text) => Buffer.from(text).toString('base64')),
    fc.constantFrom('', '.', '--', '%', '%E0%A4%A', 's:', 's%3A.', 'null', '{}', 'A'.repeat(16_000)),
  )
}
