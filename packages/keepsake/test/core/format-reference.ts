import { createCipheriv, createHash, createHmac, hkdfSync } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** The formats as docs/format.md tells them, written a second time with nothing of the library. */

/** A vector of the page; bytes are hexadecimal, times in milliseconds. */
export interface SealVector {
  readonly vector: 'encrypted' | 'signed'
  readonly secret: string
  readonly name: string
  readonly purpose: string
  readonly audience: string
  readonly now: number
  readonly shard: number
  readonly iv: string
  readonly id: string
  readonly createdAt: number
  readonly issuedAt: number
  readonly expiresAt: number
  readonly revision: number
  readonly persistent: boolean
  readonly json: string
  readonly keyId: string
  readonly text: string
  readonly [step: string]: unknown
}

/** A vector of the page; bytes are hexadecimal. */
export interface TokenVector {
  readonly vector: 'token' | 'token-without-secrets'
  readonly secret?: string
  readonly name: string
  readonly audience: string
  readonly id: string
  readonly generation: number
  readonly issuedAt: number
  readonly tokenSecret: string
  readonly owner: string
  readonly text: string
  readonly verifier: string
  readonly ownerKey: string
  readonly [step: string]: unknown
}

/** A vector of the page; bytes are hexadecimal. */
export interface AtRestVector {
  readonly vector: 'at-rest' | 'at-rest-without-secrets'
  readonly secret?: string
  readonly name: string
  readonly audience: string
  readonly id: string
  readonly epoch: string
  readonly tokenSecret: string
  readonly dataKey: string
  readonly wrapIv: string
  readonly boxIv: string
  readonly data: string
  readonly flash: string
  readonly verifier: string
  readonly wrap: string
  readonly box: string
  readonly [step: string]: unknown
}

/** Texts that the page says open nothing; `like` is the vector whose context they are for. */
export interface Refusals {
  readonly vector: 'refused'
  readonly like: 'encrypted' | 'signed'
  readonly texts: readonly { readonly why: string; readonly failure: string; readonly text: string }[]
}

type Vector = SealVector | TokenVector | AtRestVector | Refusals

/** The vectors in the fenced blocks of docs/format.md. */
export function vectors<Kind extends Vector['vector']>(
  ...kinds: Kind[]
): Extract<Vector, { vector: Kind }>[] {
  const page = readFileSync(new URL('../../../../docs/format.md', import.meta.url), 'utf8')
  const blocks = [...page.matchAll(/^```json\n(.*?)^```$/gms)].map(
    ([, json]) => JSON.parse(json ?? '') as Vector,
  )
  return blocks.filter((it): it is Extract<Vector, { vector: Kind }> =>
    (kinds as string[]).includes(it.vector),
  )
}

const bytes = (hex: string) => Buffer.from(hex, 'hex')
const hkdf = (secret: Buffer, info: Buffer, length: number) =>
  Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), info, length))
const hmac = (key: Buffer, data: Buffer) => createHmac('sha256', key).update(data).digest()
const sha256 = (data: Buffer) => createHash('sha256').update(data).digest()

function number(length: number, value: number): Buffer {
  const buffer = Buffer.alloc(length)
  buffer.writeUIntBE(value, 0, length)
  return buffer
}

function frame(...parts: (string | Buffer)[]): Buffer {
  const pieces = parts.map((part) => Buffer.from(part as string))
  return Buffer.concat([
    number(1, parts.length),
    ...pieces.flatMap((piece) => [number(2, piece.length), piece]),
  ])
}

function headOf(it: SealVector): Buffer {
  const { issuedAt, createdAt, expiresAt, revision } = it
  const times = [issuedAt, createdAt, expiresAt].map((time) => number(6, time))
  return Buffer.concat([Buffer.of(1, it.persistent ? 1 : 0), ...times, bytes(it.id), number(4, revision)])
}

/** Every step of an encrypted seal. */
export function encrypted(it: SealVector): Record<string, string> {
  const secret = bytes(it.secret)
  const keyId = hkdf(secret, Buffer.from('keepsake/key-id'), 4)
  const period = number(3, Math.floor(it.now / 3_600_000))
  const info = frame('keepsake/seal', it.purpose, period, Buffer.of(it.shard))
  const key = hkdf(secret, info, 32)
  const header = Buffer.concat([Buffer.of(1), keyId, period, Buffer.of(it.shard)])
  const aad = frame('keepsake/seal', header, it.name, it.purpose, it.audience)
  const plain = Buffer.concat([headOf(it), Buffer.from(it.json)])
  const cipher = createCipheriv('aes-256-gcm', key, bytes(it.iv)).setAAD(aad)
  const box = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  const text = Buffer.concat([header, bytes(it.iv), box]).toString('base64url')
  return { ...hexes({ keyId, info, key, header, aad, plain, box }), text }
}

/** Every step of a signed seal. */
export function signed(it: SealVector): Record<string, string> {
  const secret = bytes(it.secret)
  const keyId = hkdf(secret, Buffer.from('keepsake/key-id'), 4)
  const key = hkdf(secret, Buffer.from('keepsake/signed-seal'), 32)
  const header = Buffer.concat([Buffer.of(2), keyId, headOf(it)])
  const json = Buffer.from(it.json)
  const message = frame('keepsake/signed-seal', header, json, it.name, it.purpose, it.audience)
  const mac = hmac(key, message)
  const text = [header, json, mac].map((part) => part.toString('base64url')).join('.')
  return { ...hexes({ keyId, key, header, message, mac }), text }
}

/** Every step of a token, with or without a MAC, and what a store sees of it. */
export function token(it: TokenVector): Record<string, string> {
  const { name, audience } = it
  const tokenSecret = bytes(it.tokenSecret)
  const fields = Buffer.concat([
    bytes(it.id),
    number(4, it.generation),
    number(4, Math.floor(it.issuedAt / 1000)),
    tokenSecret,
  ])
  const seen = {
    verifier: sha256(frame('keepsake/verifier', audience, name, bytes(it.id), tokenSecret)).toString(
      'base64url',
    ),
    ownerKey: sha256(frame('keepsake/owner', audience, it.owner)).toString('base64url'),
  }
  if (it.secret === undefined)
    return { text: Buffer.concat([Buffer.of(4), fields]).toString('base64url'), ...seen }
  const secret = bytes(it.secret)
  const keyId = hkdf(secret, Buffer.from('keepsake/key-id'), 4)
  const key = hkdf(secret, Buffer.from('keepsake/token'), 32)
  const body = Buffer.concat([Buffer.of(3), keyId, fields])
  const mac = hmac(key, frame('keepsake/token', body, name, audience)).subarray(0, 16)
  return { ...hexes({ keyId, key, mac }), text: Buffer.concat([body, mac]).toString('base64url'), ...seen }
}

/** Every step of a record that is encrypted at rest. */
export function atRest(it: AtRestVector): Record<string, string> {
  const [id, tokenSecret] = [bytes(it.id), bytes(it.tokenSecret)]
  const verifier = sha256(frame('keepsake/verifier', it.audience, it.name, id, tokenSecret)).toString(
    'base64url',
  )
  const secret = it.secret === undefined ? undefined : bytes(it.secret)
  const label = Buffer.from('keepsake/at-rest')
  const material = secret ? hmac(hkdf(secret, label, 32), tokenSecret) : tokenSecret
  const wrappingKey = hkdf(material, frame('keepsake/at-rest', verifier), 32)
  const aad = frame('keepsake/at-rest', it.audience, id.toString('base64url'), it.epoch)
  const closed = (key: Buffer, iv: string, plain: Buffer): Buffer => {
    const cipher = createCipheriv('aes-256-gcm', key, bytes(iv)).setAAD(aad)
    return Buffer.concat([bytes(iv), cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  }
  const keyId = secret ? hkdf(secret, Buffer.from('keepsake/key-id'), 4) : Buffer.alloc(0)
  const wrap = Buffer.concat([keyId, closed(wrappingKey, it.wrapIv, bytes(it.dataKey))])
  const box = closed(bytes(it.dataKey), it.boxIv, Buffer.from(`${it.data}\n${it.flash}`))
  return {
    ...hexes({ material, wrappingKey, aad }),
    verifier,
    wrap: wrap.toString('base64url'),
    box: box.toString('base64url'),
  }
}

function hexes(values: Record<string, Buffer>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.toString('hex')]))
}
