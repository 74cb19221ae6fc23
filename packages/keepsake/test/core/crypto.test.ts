import { describe, expect, it, vi } from 'vitest'
import { utf8 } from '../../src/core/bytes.ts'
import { chooseEngine, engine, nodeEngine, webEngine } from '../../src/core/crypto.ts'
import { builtin, engines } from './engines.ts'

const bytes = (length: number, first = 0) => Uint8Array.from({ length }, (_, i) => first + i)
const hex = (data: Uint8Array) => Buffer.from(data).toString('hex')

describe.each(engines)('the $name engine', (it_) => {
  it('hashes as FIPS 180-4 says', async () => {
    expect(hex(Buffer.from(await it_.sha256(utf8('abc')), 'base64url'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
  })

  it('authenticates as RFC 4231 test case 2 says', async () => {
    const key = await it_.macKey(utf8('Jefe'))
    expect(hex(await it_.mac(key, utf8('what do ya want for nothing?')))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    )
  })

  it('authenticates under a key longer than a block as RFC 4231 test case 6 says', async () => {
    const key = await it_.macKey(new Uint8Array(131).fill(0xaa))
    expect(hex(await it_.mac(key, utf8('Test Using Larger Than Block-Size Key - Hash Key First')))).toBe(
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    )
  })

  it('derives as RFC 5869 test case 3 says', async () => {
    const okm = await it_.hkdf(new Uint8Array(22).fill(0x0b), new Uint8Array(0), 42)
    expect(hex(okm)).toBe(
      '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
    )
  })

  it('encrypts as test case 16 of the GCM specification says', async () => {
    const key = await it_.cipherKey(
      new Uint8Array(Buffer.from('feffe9928665731c6d6a8f9467308308'.repeat(2), 'hex')),
    )
    const iv = new Uint8Array(Buffer.from('cafebabefacedbaddecaf888', 'hex'))
    const aad = new Uint8Array(Buffer.from('feedfacedeadbeeffeedfacedeadbeefabaddad2', 'hex'))
    const plain =
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39'
    const box = await it_.encrypt(key, iv, aad, new Uint8Array(Buffer.from(plain, 'hex')))
    expect(hex(box)).toBe(
      '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b',
    )
    expect(hex((await it_.decrypt(key, iv, aad, box)) ?? new Uint8Array(0))).toBe(plain)
  })

  it('opens nothing that was changed, cut or is bound to something else', async () => {
    const key = await it_.cipherKey(bytes(32))
    const box = await it_.encrypt(key, bytes(12), utf8('a'), utf8('text'))
    expect(await it_.decrypt(key, bytes(12), utf8('b'), box)).toBeNull()
    expect(await it_.decrypt(key, bytes(12, 1), utf8('a'), box)).toBeNull()
    expect(await it_.decrypt(await it_.cipherKey(bytes(32, 1)), bytes(12), utf8('a'), box)).toBeNull()
    for (let length = 0; length < box.length; length++) {
      expect(await it_.decrypt(key, bytes(12), utf8('a'), box.subarray(0, length))).toBeNull()
    }
  })
})

describe('nodeEngine', () => {
  it('makes no promise', () => {
    const node = nodeEngine(builtin)
    const results = [node.sha256(bytes(1)), node.macKey(bytes(32)), node.hkdf(bytes(32), bytes(1), 32)]
    for (const result of results) expect(result).not.toHaveProperty('then')
  })

  it('hashes on versions without crypto.hash', async () => {
    const { hash: _, ...older } = builtin
    const [old, present] = [nodeEngine(older), nodeEngine(builtin)]
    expect(old.sha256(bytes(9))).toBe(await present.sha256(bytes(9)))
    const macBy = async ({ mac, macKey }: typeof old) => mac(await macKey(bytes(32)), bytes(9))
    expect(await macBy(old)).toEqual(await macBy(present))
  })
})

describe('webEngine', () => {
  it('keeps its keys where nobody gets them out', async () => {
    const keys = [await webEngine.cipherKey(bytes(32)), await webEngine.macKey(bytes(32))]
    for (const key of keys) expect(key).toMatchObject({ extractable: false })
  })

  it('answers null when decrypt throws at once', async () => {
    const key = await webEngine.cipherKey(bytes(32))
    const broken = vi.spyOn(crypto.subtle, 'decrypt').mockImplementation(() => {
      throw new TypeError('broken')
    })
    expect(await webEngine.decrypt(key, bytes(12), bytes(1), bytes(32))).toBeNull()
    broken.mockRestore()
  })
})

describe('chooseEngine', () => {
  const getBuiltinModule = () => builtin

  it('takes Node cryptography where there is one', () => {
    expect(chooseEngine({ process: { getBuiltinModule } }).name).toBe('node')
    expect(engine().name).toBe('node')
    expect(engine()).toBe(engine())
  })

  it('takes Web Cryptography elsewhere', () => {
    expect(chooseEngine({})).toBe(webEngine)
    expect(chooseEngine({ process: {} })).toBe(webEngine)
    expect(chooseEngine({ process: { getBuiltinModule: () => undefined } })).toBe(webEngine)
  })

  it('takes Web Cryptography on workerd, where it is the quicker one', () => {
    const navigator = { userAgent: 'Cloudflare-Workers' }
    expect(chooseEngine({ navigator, process: { getBuiltinModule } })).toBe(webEngine)
  })
})
