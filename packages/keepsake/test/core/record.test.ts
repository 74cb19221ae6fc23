import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Head, headOf, readRecord, writeRecord } from '../../src/core/record.ts'

fc.configureGlobal({ seed: 1 })

const head: Head = { createdAt: 1_000, lastSeenAt: 2_000, idle: 3_000 }
const seat = { line: { verifier: 'v', generation: 1, base: 0, since: 5 }, epoch: 'e', audience: '' }
const parsed = (text: string) => {
  const parts = readRecord(text)
  if (!parts) throw new Error('It is no record.')
  return parts
}

describe('written and read', () => {
  test('sealed: times are kept outside, so they are not in it', () => {
    expect(writeRecord(head, '{"n":1}', '{}')).toBe('{}\n{"n":1}\n{}')
  })

  test('stored: with the start, the idle limit, the epoch and the line of secrets', () => {
    expect(parsed(writeRecord(head, '{}', '{}', seat)).short).toEqual({
      c: 1_000,
      i: 3_000,
      e: 'e',
      t: seat.line,
    })
  })

  test('a mark makes another text of the same content', () => {
    const [one, two] = [writeRecord(head, '{}', '{}', seat, 'a'), writeRecord(head, '{}', '{}', seat, 'b')]
    expect(one).not.toBe(two)
    expect([parsed(one).data, parsed(one).flash]).toEqual([parsed(two).data, parsed(two).flash])
  })

  test('whatever an app puts in, every part comes back', () => {
    const texts = fc.string({ unit: 'binary' })
    const times = { createdAt: 1, lastSeenAt: 2, idle: 3 }
    const heads = fc.record(
      {
        keep: fc.oneof(fc.nat(), fc.constant(false as const)),
        owner: texts,
        authenticatedAt: fc.nat(),
        label: texts,
        version: fc.integer({ min: 1 }),
      },
      { requiredKeys: [], noNullPrototype: true },
    )
    fc.assert(
      fc.property(heads, fc.dictionary(texts, texts), fc.dictionary(texts, texts), (more, data, flash) => {
        const [d, f] = [JSON.stringify(data), JSON.stringify(flash)]
        const parts = parsed(writeRecord({ ...times, ...more }, d, f, seat))
        expect([parts.data, parts.flash]).toEqual([d, f])
        expect(headOf(parts.short, times)).toEqual({ ...times, ...more })
      }),
    )
  })

  test('what is not there is not there as undefined either', () => {
    expect(Object.keys(headOf({}, { createdAt: 1, lastSeenAt: 2, idle: 3 }))).toEqual([
      'createdAt',
      'lastSeenAt',
      'idle',
    ])
  })

  test('keep: false is told from none', () => {
    const times = { createdAt: 1, lastSeenAt: 2, idle: 3 }
    expect(headOf(parsed(writeRecord({ ...times, keep: false }, '{}', '{}')).short, times).keep).toBe(false)
  })
})

describe('what is no record', () => {
  test.each([
    '',
    '{}',
    '{}\n{}',
    '{}\n{}\n',
    '\n{}\n{}',
    '{}\n\n{}',
    '{}\n{}\n{}\n',
    '{}\n{}\n{}\n{}',
    '{}\n[]\n{}',
    '{}\n{}\nnull',
    'null\n{}\n{}',
    '7\n{}\n{}',
    '{\n{}\n{}',
    'junk\n{}\n{}',
    '{"at":1}',
  ])('%j', (text) => {
    expect(readRecord(text)).toBeNull()
  })

  test('any text is one or is not, and nothing throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        readRecord(text)
        readRecord(`{}\n${text}\n{}`)
        readRecord(`${text}\n{}\n{}`)
      }),
    )
  })
})
