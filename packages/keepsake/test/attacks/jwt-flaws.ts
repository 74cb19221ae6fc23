import { describe, expect, it } from 'vitest'
import type { JwtAlgorithm } from '../../src/jwt.ts'
import { made, opens, refuses } from './jwt-kit.ts'
import { bytesOf, textOf } from './kit.ts'

/** What a genuine token, in segments, is turned into. */
export type Flaw = (
  segments: readonly string[],
  alg: JwtAlgorithm,
) => readonly string[] | Promise<readonly string[]>
export type Flaws = Readonly<Record<string, Flaw>>

/** Each segment in turn as each of these. */
export function each(segments: readonly string[], change: (text: string) => readonly string[]): string[] {
  return segments.flatMap((text, at) => change(text).map((other) => segments.with(at, other).join('.')))
}

/** Each segment that is not empty in turn as bytes that these make of its own. */
export function bytes(segments: readonly string[], change: (own: Buffer) => readonly Uint8Array[]): string[] {
  return each(segments, (text) => (text === '' ? [] : change(bytesOf(text)).map(textOf)))
}

export function flipped(own: Buffer, at: number): Buffer {
  const other = Buffer.from(own)
  other[at] = (other[at] as number) ^ 1
  return other
}

/** Tries them on a genuine token of each algorithm: the token opens, what is made of it opens nothing. */
export function tries(flaws: Flaws, algorithms: readonly JwtAlgorithm[]): void {
  describe.each(algorithms)('%s', (alg) => {
    it.each(Object.entries(flaws))('%s', async (name, flaw) => {
      const genuine = await made(alg)
      expect(await opens(alg, genuine), 'the measure').toBe('u_1')
      const values = await flaw(genuine.split('.'), alg)
      expect(values.length).toBeGreaterThan(0)
      for (const value of values) await refuses(alg, value, `${name}: ${value}`)
    })
  })
}
