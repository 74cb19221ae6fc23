import { toBase64url, utf8 } from '../core/bytes.ts'
import { SessionError } from '../core/errors.ts'
import { type CheckedJwk, encrypts, type Jwk, type JwtAlgorithm } from './jwk.ts'

/** `enc` is there if it encrypts. */
type Header = { alg: JwtAlgorithm; enc: 'A256GCM'; typ: string; kid: string }

type Use = 'seal' | 'open'

const IMPORTS: Readonly<Record<JwtAlgorithm, readonly [algorithm: object, seal: KeyUsage, open: KeyUsage]>> =
  {
    HS256: [{ name: 'HMAC', hash: 'SHA-256' }, 'sign', 'verify'],
    ES256: [{ name: 'ECDSA', namedCurve: 'P-256' }, 'sign', 'verify'],
    EdDSA: [{ name: 'Ed25519' }, 'sign', 'verify'],
    dir: [{ name: 'AES-GCM' }, 'encrypt', 'decrypt'],
    A256KW: [{ name: 'AES-KW' }, 'wrapKey', 'unwrapKey'],
  }

/** A key that signs or encrypts by one algorithm and no other; its bytes can't be got out. */
export class JwtKey {
  readonly #jwk: CheckedJwk
  /** Only finished ones: a pending one belongs to the request that made it. */
  readonly #imported = new Map<Use, CryptoKey>()

  constructor(jwk: CheckedJwk) {
    this.#jwk = jwk
  }

  get kid(): string {
    return this.#jwk.kid
  }

  get alg(): JwtAlgorithm {
    return this.#jwk.alg
  }

  /** What others may know of it. */
  get public(): Jwk | undefined {
    return this.#jwk.public
  }

  get encrypts(): boolean {
    return encrypts(this.alg)
  }

  /** The protected header of what this key seals: these members, in this order, and no other. */
  header(purpose: string, kid: string = this.kid): Header {
    const { alg } = this
    const enc = this.encrypts ? { enc: 'A256GCM' } : {}
    return { alg, ...enc, typ: `${purpose}+jwt`, kid } as Header
  }

  /** The first segment of what this key seals. */
  segment(purpose: string, kid?: string): string {
    return toBase64url(utf8(JSON.stringify(this.header(purpose, kid))))
  }

  /** @throws {SessionError} `config` when the platform refuses the key: a point that is not on its curve. */
  async for(use: Use): Promise<CryptoKey> {
    const known = this.#imported.get(use)
    if (known) return known
    try {
      const key = await this.#import(use)
      this.#imported.set(use, key)
      return key
    } catch (cause) {
      const message = `jwt: the key ${this.kid} is no valid key for ${this.alg}, or this runtime has no ${this.alg}.`
      throw new SessionError('config', message, { cause })
    }
  }

  #import(use: Use): Promise<CryptoKey> {
    const { alg, private: secret, public: shared } = this.#jwk
    const [algorithm, seal, open] = IMPORTS[alg]
    const usages = [use === 'seal' ? seal : open]
    if (secret instanceof Uint8Array)
      return crypto.subtle.importKey('raw', secret, algorithm as AesKeyAlgorithm, false, usages)
    const { kty, crv, x, y } = shared as Jwk
    const pair = use === 'seal' ? secret : { kty, crv, x, ...(y !== undefined && { y }) }
    return crypto.subtle.importKey('jwk', pair as JsonWebKey, algorithm as EcKeyImportParams, false, usages)
  }
}
