import { describe, expect, it, vi } from 'vitest'
import type { Draft } from '../../src/core/backing.ts'
import { BoundedStore } from '../../src/core/bounded-store.ts'
import { toBase64url } from '../../src/core/bytes.ts'
import type { Engine } from '../../src/core/crypto.ts'
import { Key, KeyRing } from '../../src/core/keys.ts'
import { MemoryStore } from '../../src/core/memory-store.ts'
import { Owners } from '../../src/core/owners.ts'
import type { Found } from '../../src/core/record.ts'
import { PROTECTIONS, type SealContext, seal, unseal } from '../../src/core/seal.ts'
import type { Settings } from '../../src/core/settings.ts'
import { readToken, verifierOf, writeToken } from '../../src/core/token.ts'
import { encryptAtRest } from '../../src/encrypt-at-rest.ts'
import { engines } from './engines.ts'
import {
  type AtRestVector,
  atRest,
  encrypted,
  type SealVector,
  signed,
  type TokenVector,
  token,
  vectors,
} from './format-reference.ts'

const MONTH = 30 * 86_400_000
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))

function contextOf(it: SealVector, engine: Engine): SealContext {
  const { name, purpose, audience, vector } = it
  const ring = KeyRing.of(new Key(bytes(it.secret), engine))
  return { ring, name, purpose, audience, protection: PROTECTIONS[vector === 'signed' ? 'sign' : 'encrypt'] }
}

function contentOf(it: SealVector) {
  const { createdAt, issuedAt, expiresAt, revision, persistent, json } = it
  return { id: bytes(it.id), createdAt, issuedAt, expiresAt, revision, persistent, json }
}

/** Makes the platform's generator say what the vector says. */
function rig(it: SealVector) {
  return vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
    // the shard stands before the iv
    if (array instanceof Uint8Array) array.set([it.shard, ...bytes(it.iv)], 8)
    return array
  })
}

describe('docs/format.md', () => {
  it('has a vector of every kind', () => {
    const kinds = vectors(
      'encrypted',
      'signed',
      'token',
      'token-without-secrets',
      'at-rest',
      'at-rest-without-secrets',
      'refused',
    )
    expect(kinds.map((it) => it.vector)).toEqual([
      'encrypted',
      'signed',
      'token',
      'token-without-secrets',
      'at-rest',
      'at-rest-without-secrets',
      'refused',
      'refused',
    ])
  })

  it.each(vectors('encrypted'))('is right about every step of an encrypted seal', (it) => {
    expect(it).toMatchObject(encrypted(it))
  })

  it.each(vectors('signed'))('is right about every step of a signed seal', (it) => {
    expect(it).toMatchObject(signed(it))
  })

  it.each(vectors('token', 'token-without-secrets'))('is right about every step of a $vector', (it) => {
    expect(it).toMatchObject(token(it))
  })

  it.each(vectors('at-rest', 'at-rest-without-secrets'))('is right about every step of $vector', (it) => {
    expect(it).toMatchObject(atRest(it))
  })
})

it.each(
  vectors('token', 'token-without-secrets'),
)('a store sees the owner of the page: $vector', async (it) => {
  const owners = new Owners(new BoundedStore(new MemoryStore(), 1000), { audience: it.audience } as Settings)
  expect(await owners.key(it.owner)).toBe(it.ownerKey)
})

describe.each(engines)('the $name engine', (engine) => {
  it.each(vectors('encrypted', 'signed'))('makes the seal of the page: $vector', async (it) => {
    const random = rig({ ...it, iv: it.iv ?? '', shard: it.shard ?? 0 })
    const text = await seal(contextOf(it, engine), contentOf(it), it.now)
    random.mockRestore()
    expect(text).toBe(it.text)
  })

  it.each(vectors('encrypted', 'signed'))('opens the seal of the page: $vector', async (it) => {
    expect(await unseal(contextOf(it, engine), it.text, it.now, MONTH)).toEqual({
      content: contentOf(it),
      keyId: it.keyId,
      current: true,
    })
  })

  for (const { like, texts } of vectors('refused')) {
    const [model] = vectors(like)
    if (!model) continue
    it.each(texts)(`refuses ${like}: $why`, async ({ text, failure }) => {
      expect(await unseal(contextOf(model, engine), text, model.now, MONTH)).toMatchObject({ failure })
    })
  }

  it.each(
    vectors('token', 'token-without-secrets'),
  )('makes and reads the $vector of the page', async (it) => {
    const text = it.text
    const made = {
      id: toBase64url(bytes(it.id)),
      generation: it.generation,
      issuedAt: it.issuedAt,
      secret: bytes(it.tokenSecret),
    }
    expect(await writeToken(realmOf(it, engine), made)).toBe(text)
    expect(await readToken(realmOf(it, engine), text)).toEqual(made)
    expect(await verifierOf(realmOf(it, engine), made)).toBe(it.verifier)
  })

  it.each(
    vectors('at-rest', 'at-rest-without-secrets'),
  )('closes and opens the record of the page: $vector', async (it) => {
    const { ring, audience } = realmOf(it, engine)
    const id = toBase64url(bytes(it.id))
    const { epoch, verifier, data, flash, wrap, box } = it
    const holder = { token: { id, generation: 0, issuedAt: 0, secret: bytes(it.tokenSecret) }, verifier }
    const line = { verifier, generation: 0, base: 0, since: 0 }
    const seat = { line, epoch, audience }
    const draft = { id, data, flash } as Draft
    const random = inTurn(it.dataKey, it.wrapIv, it.boxIv)
    const kept = await encryptAtRest().close(ring, draft, seat, holder, 0)
    random.mockRestore()
    const closed = { wraps: { [verifier]: wrap }, box }
    expect(kept?.closed).toEqual(closed)
    const found = { id, seat: { ...seat, version: 1, closed } } as Found
    expect(await encryptAtRest().open(ring, found, holder)).toMatchObject({ data, flash })
  })
})

/** Makes the platform's generator say one after the other. */
function inTurn(...said: string[]) {
  return vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
    if (array instanceof Uint8Array) array.set(bytes(said.shift() ?? ''))
    return array
  })
}

function realmOf({ name, audience, secret }: TokenVector | AtRestVector, engine: Engine) {
  const ring = secret === undefined ? undefined : KeyRing.of(new Key(bytes(secret), engine))
  return { ring, name, audience }
}
