import { createHash, createHmac, hkdfSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { derived } from '../../src/core/derived.ts'
import { Key, KeyRing } from '../../src/core/keys.ts'

const PAGE = readFileSync(new URL('../../../../docs/format.md', import.meta.url), 'utf8')
const [, json = ''] = /```json\n(\{\n {2}"vector": "derived",.*?)```/s.exec(PAGE) ?? []
const vector = JSON.parse(json) as {
  secret: string
  audience: string
  id: string
  epoch: string
  purpose: string[]
  derived: string
  withoutSecrets: string
}
const { audience, id, epoch, purpose } = vector
const secret = Buffer.from(vector.secret, 'hex')

/** `frame` of docs/format.md, written out once more. */
function framed(parts: readonly string[]): Buffer {
  const lengths = parts.map((part) => Buffer.from([part.length >> 8, part.length & 255]))
  return Buffer.concat([
    Buffer.from([parts.length]),
    ...parts.flatMap((part, at) => [lengths[at] as Buffer, Buffer.from(part)]),
  ])
}

const hex = (all: readonly Uint8Array[]): string[] => all.map((one) => Buffer.from(one).toString('hex'))

test('the vector of docs/format.md, by its own words and by ours', async () => {
  const text = framed(['keepsake/derived', audience, id, epoch, ...purpose])
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'keepsake/derived', 32))
  const ring = KeyRing.of(new Key(secret))
  expect(createHmac('sha256', key).update(text).digest('hex')).toBe(vector.derived)
  expect(createHash('sha256').update(text).digest('hex')).toBe(vector.withoutSecrets)
  expect(hex(await derived({ ring, audience }, id, epoch, purpose))).toEqual([vector.derived])
  expect(hex(await derived({ ring: undefined, audience }, id, epoch, purpose))).toEqual([
    vector.withoutSecrets,
  ])
})

test('there is one for each key, the first key’s first', async () => {
  const [first, second] = [new Key(secret), new Key(new Uint8Array(32).fill(7))]
  const by = async (...keys: Key[]): Promise<string[]> =>
    hex(await derived({ ring: KeyRing.of(...keys), audience }, id, epoch, purpose))
  expect(await by(second, first)).toEqual([...(await by(second)), vector.derived])
})
