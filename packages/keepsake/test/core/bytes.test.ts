import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import {
  concat,
  equalBytes,
  equalText,
  frame,
  fromBase64url,
  fromUtf8,
  randomBytes,
  strictBase64url,
  toBase64url,
  utf8,
} from '../../src/core/bytes.ts'
import {
  bufferCodec,
  bunCodec,
  type Codec,
  chooseCodec,
  nativeCodec,
  portableCodec,
} from '../../src/core/codec.ts'

fc.configureGlobal({ seed: 1 })

const hasNative = 'toBase64' in Uint8Array.prototype
const codecs: [string, Codec][] = [
  ['Buffer', bufferCodec(Buffer)],
  ['portable', portableCodec],
  ...(hasNative
    ? ([
        ['native', nativeCodec],
        ['Bun', bunCodec],
      ] as [string, Codec][])
    : []),
]

const anyBytes = fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes))

describe.each(codecs)('the %s codec', (_, codec) => {
  it('makes the base64url that Node makes, and reads it again', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const text = codec.toBase64url(bytes)
        expect(text).toBe(Buffer.from(bytes).toString('base64url'))
        expect(strictBase64url(codec, text)).toEqual(bytes)
      }),
    )
  })

  it('reads a part of a larger piece of memory', () => {
    const part = Uint8Array.of(1, 2, 3, 4, 5, 6).subarray(2, 5)
    expect(codec.toBase64url(part)).toBe('AwQF')
  })

  it.each([
    'A',
    'AAAAA',
    'AB',
    'AAB',
    'AA==',
    'AA=',
    'AAAA=',
    'AA A',
    'AAA\n',
    ' AAAA',
    'AA+A',
    'AA/A',
    'AA.A',
    'AÄAA',
    'AA\0A',
    'AA%3',
    'AĀAA',
  ])('refuses %j, which is not how bytes are written', (text) => {
    expect(strictBase64url(codec, text)).toBeNull()
  })

  it('accepts one text only for the same bytes', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const accepted = (start: string) =>
      [...alphabet].filter((last) => strictBase64url(codec, start + last)).join('')
    expect(accepted('A')).toBe('AQgw')
    expect(accepted('AA')).toBe('AEIMQUYcgkosw048')
    expect(accepted('AAA')).toBe(alphabet)
  })

  it('reads nothing as no bytes', () => {
    expect(strictBase64url(codec, '')).toEqual(new Uint8Array(0))
  })

  it('never throws, and never accepts what it would not write', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const bytes = strictBase64url(codec, text)
        if (bytes) expect(codec.toBase64url(bytes)).toBe(text)
      }),
    )
  })

  it('makes UTF-8 as TextEncoder does, lone surrogates included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(codec.utf8(text)).toEqual(new TextEncoder().encode(text))
      }),
    )
    expect(codec.utf8('\ud800')).toEqual(Uint8Array.of(0xef, 0xbf, 0xbd))
  })

  it('gives some of the bytes', () => {
    const bytes = codec.fromBase64url('AAECAwQF')
    expect([...codec.part(bytes, 1, 3), ...codec.part(bytes, -2), ...codec.part(bytes, 4)]).toEqual([
      1, 2, 4, 5, 4, 5,
    ])
    expect([...codec.part(bytes, 0, -5), ...codec.part(codec.part(bytes, 1, 4), 1)]).toEqual([0, 2, 3])
  })

  it('gives plain bytes, whatever they lie in', () => {
    for (const bytes of [codec.utf8('abc'), codec.fromBase64url('AAAA'), codec.part(codec.utf8('abcd'), 1)]) {
      expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype)
      expect(bytes).toHaveLength(3)
    }
  })
})

describe('chooseCodec', () => {
  it('takes Buffer where there is one, but not on Bun, whose own methods are quicker', () => {
    const otherwise = hasNative ? nativeCodec : portableCodec
    expect(chooseCodec({ Buffer })).not.toBe(otherwise)
    expect(chooseCodec({ Buffer, Bun: {} })).toBe(hasNative ? bunCodec : portableCodec)
    expect(chooseCodec({ Buffer, navigator: { userAgent: 'Cloudflare-Workers' } })).toBe(otherwise)
    expect(chooseCodec({})).toBe(otherwise)
  })
})

describe('fromUtf8', () => {
  it('gives back every text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(fromUtf8(utf8(text))).toBe(text)
      }),
    )
  })

  it('keeps a byte order mark', () => {
    expect(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa')
  })

  it.each([
    [0xff],
    [0xc3],
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf5, 0x80, 0x80, 0x80],
  ])('refuses %j…', (...bytes) => {
    expect(fromUtf8(Uint8Array.from(bytes))).toBeNull()
  })
})

describe('frame', () => {
  it('writes the count, then each part after its length', () => {
    expect(frame()).toEqual(Uint8Array.of(0))
    expect(frame('ab', '', Uint8Array.of(7))).toEqual(Uint8Array.of(3, 0, 2, 0x61, 0x62, 0, 0, 0, 1, 7))
    expect(frame('é')).toEqual(Uint8Array.of(1, 0, 2, 0xc3, 0xa9))
    expect(frame('x'.repeat(300)).subarray(0, 3)).toEqual(Uint8Array.of(1, 1, 44))
  })

  it('tells every list of parts from every other', () => {
    const lists = fc.array(fc.string({ maxLength: 4 }), { maxLength: 5 })
    fc.assert(
      fc.property(lists, lists, (a, b) => {
        expect(equalBytes(frame(...a), frame(...b))).toBe(JSON.stringify(a) === JSON.stringify(b))
      }),
    )
    expect(frame('ab', 'c')).not.toEqual(frame('a', 'bc'))
  })

  it('refuses what does not fit', () => {
    expect(() => frame('x'.repeat(65_535))).not.toThrow()
    expect(() => frame('x'.repeat(65_536))).toThrow(RangeError)
    expect(() => frame(...Array.from({ length: 256 }, () => ''))).toThrow(RangeError)
  })
})

describe('equality', () => {
  it.each([
    ['', '', true],
    ['abc', 'abc', true],
    ['abc', 'abd', false],
    ['abc', 'xbc', false],
    ['abc', 'ab', false],
    ['', 'a', false],
  ])('of %j and %j is %s', (a, b, equal) => {
    expect(equalText(a, b)).toBe(equal)
    expect(equalBytes(utf8(a), utf8(b))).toBe(equal)
  })

  it('looks at every bit', () => {
    const bytes = Uint8Array.of(0, 0x80, 0xff)
    for (let bit = 0; bit < 24; bit++) {
      const other = bytes.slice()
      other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(equalBytes(bytes, other)).toBe(false)
    }
  })
})

describe('concat', () => {
  it('puts parts in a row', () => {
    expect(concat()).toEqual(new Uint8Array(0))
    expect(concat(Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3))).toEqual(Uint8Array.of(1, 2, 3))
  })
})

describe('randomBytes', () => {
  it('asks the platform at each call, and for no more than is needed', () => {
    const platform = vi.spyOn(crypto, 'getRandomValues')
    expect(randomBytes(13)).toHaveLength(13)
    expect(toBase64url(randomBytes(16))).not.toBe(toBase64url(randomBytes(16)))
    expect(platform.mock.calls.map(([bytes]) => bytes?.byteLength)).toEqual([13, 16, 16])
    platform.mockRestore()
  })
})

describe('the codec of this runtime', () => {
  it('is found at first use', () => {
    expect(toBase64url(Uint8Array.of(0xfb, 0xff))).toBe('-_8')
    expect(fromBase64url('-_8')).toEqual(Uint8Array.of(0xfb, 0xff))
    expect(fromBase64url('-_9')).toBeNull()
  })
})
