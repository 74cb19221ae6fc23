import { toBase64url, utf8 } from '../core/bytes.ts'
import { SessionError } from '../core/errors.ts'
import { type CheckedJwk, encrypts, type Jwk, type JwtAlgorithm, KINDS } from './jwk.ts'

/** `enc` is there if it encrypts. */
type Header = { alg: JwtAlgorithm; enc: 'A256GCM'; typ: string; kid: string }

type Use = 'seal' | 'open'

type Algorithm = { readonly name: string; readonly hash?: string; readonly namedCurve?: string }

/** What the platform calls them, to import a key and to sign with it. */
const ALGORITHMS: Readonly<Record<JwtAlgorithm, Algorithm>> = {
  HS256: { name: 'HMAC', hash: 'SHA-256' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  EdDSA: { name: 'Ed25519' },
  dir: { name: 'AES-GCM' },
  A256KW: { name: 'AES-KW' },
}

const PROBE = utf8('keepsake')

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

  /** @throws {SessionError} `config` when the platform refuses the key, or the parts of a pair don't belong together. */
  async for(use: Use): Promise<CryptoKey> {
    const known = this.#imported.get(use)
    if (known) return known
    try {
      const key = await this.#import(use)
      if (use === 'seal' && this.public) await this.#prove(key)
      this.#imported.set(use, key)
      return key
    } catch (cause) {
      const message = `jwt: the key ${this.kid} is no valid key for ${this.alg}, or this runtime has no ${this.alg}. generateJwk() of keepsake/jwt makes a valid one.`
      throw new SessionError('config', message, { cause })
    }
  }

  #import(use: Use): Promise<CryptoKey> {
    const { alg, private: secret, public: shared } = this.#jwk
    const algorithm = ALGORITHMS[alg]
    const usages = [KINDS[alg].ops[use === 'seal' ? 0 : 1]]
    if (secret instanceof Uint8Array)
      return crypto.subtle.importKey('raw', secret, algorithm as AesKeyAlgorithm, false, usages)
    const { kty, crv, x, y } = shared as Jwk
    const pair = use === 'seal' ? secret : { kty, crv, x, ...(y !== undefined && { y }) }
    return crypto.subtle.importKey('jwk', pair as JsonWebKey, algorithm as EcKeyImportParams, false, usages)
  }

  /** Not every runtime finds out, when importing, that what a pair signs is not what its public part verifies. */
  async #prove(key: CryptoKey): Promise<void> {
    const algorithm = ALGORITHMS[this.alg] as EcdsaParams
    const signature = await crypto.subtle.sign(algorithm, key, PROBE)
    if (await crypto.subtle.verify(algorithm, await this.#import('open'), signature, PROBE)) return
    throw new TypeError('d is not the private part of x')
  }
}
