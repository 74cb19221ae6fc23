import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { readMarshal } from '../../src/import/marshal.ts'
import { installed } from '../services.ts'

const SEED = 20_261_120

// a busy machine may take a while over so many
vi.setConfig({ testTimeout: 60_000 })

/** What Ruby 3.1 writes of an expression, and what that is here. */
const READ: readonly [ruby: string, hex: string, value: unknown][] = [
  ['nil', '040830', null],
  ['true', '040854', true],
  ['false', '040846', false],
  ['0', '04086900', 0],
  ['1', '04086906', 1],
  ['-1', '040869fa', -1],
  ['122', '0408697f', 122],
  ['123', '040869017b', 123],
  ['-123', '04086980', -123],
  ['-124', '040869ff84', -124],
  ['255', '04086901ff', 255],
  ['256', '040869020001', 256],
  ['-129', '040869ff7f', -129],
  ['-257', '040869fefffe', -257],
  ['65536', '04086903000001', 65_536],
  ['2**30-1', '04086904ffffff3f', 2 ** 30 - 1],
  ['2**30', '04086c2b0700000040', 2 ** 30],
  ['-2**30', '040869fc000000c0', -(2 ** 30)],
  ['-2**30-1', '04086c2d0701000040', -(2 ** 30) - 1],
  ['2**53-1', '04086c2b09ffffffffffff1f00', 2 ** 53 - 1],
  ['2**53', '04086c2b090000000000002000', 2n ** 53n],
  ['-2**70', '04086c2d0a00000000000000004000', -(2n ** 70n)],
  ['1.5', '04086608312e35', 1.5],
  ['-0.0', '040866072d30', -0],
  ['1e100', '0408660a3165313030', 1e100],
  ['1.0/0', '04086608696e66', Number.POSITIVE_INFINITY],
  ['-1.0/0', '040866092d696e66', Number.NEGATIVE_INFINITY],
  ['0.0/0', '040866086e616e', Number.NaN],
  ['"text"', '040849220974657874063a064554', 'text'],
  ['"José 😀"', '040849220f4a6f73c3a920f09f9880063a064554', 'José 😀'],
  ['"plain".encode("US-ASCII")', '040849220a706c61696e063a064546', 'plain'],
  ['"\\xff\\x00".b', '04082207ff00', '\xff\x00'],
  ['"été".encode("ISO-8859-1")', '0408492208e974e9063a0d656e636f64696e67220f49534f2d383835392d31', 'été'],
  ['"日本".encode("Shift_JIS")', '040849220993fa967b063a0d656e636f64696e67220e53686966745f4a4953', '日本'],
  [':name', '04083a096e616d65', 'name'],
  [':"clé"', '0408493a09636cc3a9063a064554', 'clé'],
  ['[:a, :a, "x"]', '04085b083a06613b0049220678063a064554', ['a', 'a', 'x']],
  ['[]', '04085b00', []],
  ['[1, [2, [3]]]', '04085b0769065b0769075b066908', [1, [2, [3]]]],
  ['{}', '04087b00', {}],
  [
    '{"a" => 1, :b => 2, 3 => nil, nil => 4}',
    '04087b0949220661063a06455469063a06626907690830306909',
    { a: 1, b: 2, 3: null, '': 4 },
  ],
  ['Hash.new(7).merge("k" => "v")', '04087d064922066b063a06455449220676063b0054690c', { k: 'v' }],
  ['(a = "x"; [a, a])', '04085b0749220678063a0645544006', ['x', 'x']],
  [
    '(a = [1]; {"p" => a, "q" => a})',
    '04087b0749220670063a0645545b06690649220671063b00544007',
    { p: [1], q: [1] },
  ],
  [
    '(f = 1.25; b = 2**80; [f, b, f, b])',
    '04085b096609312e32356c2b0b00000000000000000000010040064007',
    [1.25, 2n ** 80n, 1.25, 2n ** 80n],
  ],
  [
    '["été".encode("ISO-8859-1"), (s = "x"), s]',
    '04085b08492208e974e9063a0d656e636f64696e67220f49534f2d383835392d3149220678063a0645544008',
    ['été', 'x', 'x'],
  ],
  [
    '{"__proto__" => 1, "constructor" => 2}',
    '04087b0749220e5f5f70726f746f5f5f063a0645546906492210636f6e7374727563746f72063b00546907',
    { constructor: 2 },
  ],
  [
    'Rack::Session::SessionId.new("abc")',
    '04086f3a1d5261636b3a3a53657373696f6e3a3a53657373696f6e4964063a0f407075626c69635f6964492208616263063a064554',
    'abc',
  ],
]

/** What Ruby writes of what may not be read. */
const REFUSED: readonly [ruby: string, hex: string][] = [
  ['Other.new', '04086f3a0a4f74686572063a0740616906'],
  [
    'Other.new, which has a @public_id',
    '04086f3a0a4f74686572063a0f407075626c69635f6964492208616263063a064554',
  ],
  ['Struct.new("S", :a).new(1)', '0408533a0e5374727563743a3a53063a06616906'],
  ['Class.new(String)', '040849433a084d7953220678063a064554'],
  [
    'Time.at(0).utc',
    '040849753a0954696d650d2080118000000000073a0b6f666673657469003a097a6f6e65492208555443063a064546',
  ],
  ['/x/', '0408492f067800063a064546'],
  ['String', '0408630b537472696e67'],
  ['Kernel', '04086d0b4b65726e656c'],
  ['1r', '0408553a0d526174696f6e616c5b0769066906'],
  ['Object.new.extend(Comparable)', '0408653a0f436f6d70617261626c656f3a0b4f626a65637400'],
  ['(0..3)', '04086f3a0a52616e6765083a096578636c463a0a626567696e69003a08656e646908'],
  ['an array that holds itself', '04085b064000'],
  ['a hash that holds itself', '04087b0649220668063a0645544000'],
  ['a key that is an array', '04087b065b0669066907'],
  ['an integer of 600 bits', `04086c2b2b${'00'.repeat(75)}01`],
  ['a text in an encoding that nobody knows', '040849220678063a0d656e636f64696e67220d4e6f4e616d652121'],
]

const bytesOf = (hex: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(hex, 'hex'))
const littleEndian = (number: number): string => Buffer.from([number & 0xff, number >> 8]).toString('hex')
const nested = (depth: number): string => `0408${'5b06'.repeat(depth)}5b00`

describe('what Ruby writes', () => {
  it.each(READ)('%s', (_, hex, value) => {
    expect(readMarshal(bytesOf(hex))).toEqual(value)
  })

  it.each(READ)('%s, cut anywhere or with more behind it, is nothing', (_, hex) => {
    const whole = bytesOf(hex)
    for (let end = 0; end < whole.length; end++) expect(readMarshal(whole.slice(0, end))).toBeUndefined()
    expect(readMarshal(bytesOf(`${hex}30`))).toBeUndefined()
  })
})

describe('what may not be read', () => {
  it.each(REFUSED)('%s', (_, hex) => {
    expect(readMarshal(bytesOf(hex))).toBeUndefined()
    expect(readMarshal(bytesOf(`04085b06${hex.slice(4)}`))).toBeUndefined()
  })

  it('a prototype among the members of a hash', () => {
    const hex = '04087b064922 0e5f5f70726f746f5f5f 063a0645547b064922 0a61646d696e 063b005454'.replaceAll(
      ' ',
      '',
    )
    const read = readMarshal(bytesOf(hex)) as Record<string, unknown>
    expect([read, read.admin]).toEqual([{}, undefined])
  })

  it('other versions of the format', () => {
    for (const start of ['0409', '0308', '0508', ''])
      expect(readMarshal(bytesOf(`${start}5b00`))).toBeUndefined()
  })

  it('nesting beyond 32 levels', () => {
    expect(readMarshal(bytesOf(nested(32)))).toBeDefined()
    expect(readMarshal(bytesOf(nested(33)))).toBeUndefined()
    expect(readMarshal(bytesOf(nested(100_000)))).toBeUndefined()
  })

  it('links to links that stand for millions of values', () => {
    const doubled = (times: number): string => {
      const levels = Array.from({ length: times }, (_, i) => (times - i + 5).toString(16).padStart(2, '0'))
      return `0408${'5b07'.repeat(times)}5b066906${levels.map((level) => `40${level}`).join('')}`
    }
    expect(readMarshal(bytesOf(doubled(3)))).toEqual([
      [
        [[1], [1]],
        [[1], [1]],
      ],
      [
        [[1], [1]],
        [[1], [1]],
      ],
    ])
    expect(readMarshal(bytesOf(doubled(20)))).toBeUndefined()
  })

  it('links to a long text that stand for megabytes', () => {
    const text = 'x'.repeat(8_000)
    const linked = (times: number): string =>
      `04085b02${littleEndian(times + 1)}2202401f${Buffer.from(text).toString('hex')}${'4006'.repeat(times)}`
    expect(readMarshal(bytesOf(linked(3)))).toEqual([text, text, text, text])
    expect(readMarshal(bytesOf(linked(300)))).toBeUndefined()
  })

  it('lengths that are not there', () => {
    for (const length of ['04ffffff7f', 'fa', 'fcffffff80']) {
      for (const type of ['5b', '7b', '22', '6c2b', '3a', '66']) {
        expect(readMarshal(bytesOf(`0408${type}${length}`))).toBeUndefined()
      }
    }
  })
})

it('reads 20,000 random and changed texts without a throw', () => {
  const genuine = fc.constantFrom(...READ, ...REFUSED).map(([, hex]) => bytesOf(hex))
  const changed = fc.tuple(genuine, fc.nat(), fc.nat(255)).map(([bytes, at, byte]) => {
    bytes[2 + (at % Math.max(1, bytes.length - 2))] = byte
    return bytes
  })
  const spliced = fc.tuple(genuine, genuine).map((both) => Uint8Array.from(both.flatMap((it) => [...it])))
  const random = fc
    .array(
      fc.oneof(fc.constantFrom(...'0TFi:;@I"fl[{}o\x06\x07'), fc.string({ unit: 'binary', maxLength: 1 })),
    )
    .map((parts) => Uint8Array.from(Buffer.from(`\x04\x08${parts.join('')}`, 'latin1')))
  fc.assert(
    fc.property(fc.oneof(changed, spliced, random), (bytes) => {
      expect(JSON.stringify(readMarshal(bytes), asNumber)?.length ?? 0).toBeLessThan(2_000)
    }),
    { numRuns: 20_000, seed: SEED },
  )
})

const asNumber = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value)

if (installed('ruby')) {
  const ruby = (script: string, input: string): string =>
    execFileSync('ruby', ['-rjson', '-e', script], {
      input,
      encoding: 'utf8',
      env: { ...process.env, LANG: 'C.UTF-8' },
    })

  it('has the bytes that Ruby writes', () => {
    const script = `
      module Rack; module Session; class SessionId; def initialize(id); @public_id = id; end; end; end; end
      JSON.parse($stdin.read).each { |it| puts Marshal.dump(eval(it)).unpack1('H*') }`
    const lines = ruby(script, JSON.stringify(READ.map(([it]) => it)))
      .trim()
      .split('\n')
    expect(lines).toEqual(READ.map(([, hex]) => hex))
  })

  it('reads whatever JSON Ruby has been given', () => {
    const values = fc.sample(fc.jsonValue({ maxDepth: 5 }), { numRuns: 500, seed: SEED })
    const script = `JSON.parse($stdin.read).each { |it| puts Marshal.dump(it).unpack1('H*') }`
    const lines = ruby(script, JSON.stringify(values)).trim().split('\n')
    const read = lines.map((hex) => JSON.parse(JSON.stringify(readMarshal(bytesOf(hex)), asNumber)))
    expect(read).toEqual(JSON.parse(JSON.stringify(values)))
  })
}
