import { fromUtf8, utf8 } from './bytes.ts'
import { SessionError } from './errors.ts'

/** A text of at least 32 bytes in UTF-8, or at least 32 bytes; made at random and known to nobody else. */
export type Secret = string | Uint8Array

/** One secret, or several: the first seals and signs, all open. */
export type Secrets = Secret | readonly Secret[]

const SHORTEST = 32

/** Random hexadecimal digits, the poorest usual alphabet, show at least 10 of their 16; what people invent often does not. */
const FEWEST_VALUES = 10

/** What documentation and templates put where a secret belongs, without spaces, dashes and underscores. */
const PLACEHOLDER =
  /keyboardcat|(change|replace)(me|this|it|with)|(your|my|super|thisisa)secret|placeholder|correcthorse|atleast(32|256|thirty)|minimumlengthof|biggerthanthirty|betterauthsecret/

/** They look random, but stand in the documentation of Flask, FastAPI and h3 and in RFC 7515. */
const PUBLISHED: readonly string[] = [
  '192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf',
  '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7',
  '80d42cfb-1cd2-462c-8f17-e3237d9027e9',
  'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
]

/** The bytes of a secret. @throws {SessionError} `config` when there is none, or something else. */
export function secretBytes(secret: unknown, position: string): Uint8Array {
  if (secret === undefined || secret === null || secret === '') {
    throw refusal(position, 'is missing: is the environment variable set?')
  }
  if (typeof secret === 'string') return utf8(secret)
  if (isBytes(secret)) return secret
  throw refusal(position, 'is neither a text nor a Uint8Array')
}

/** Refuses what somebody could guess. @throws {SessionError} `config`, without the value. */
export function checkStrength(secret: Uint8Array, position: string): void {
  const fault = weaknessOf(secret)
  if (fault) throw refusal(position, fault)
}

/** Why somebody could guess it, in words. */
export function weaknessOf(secret: Uint8Array): string | undefined {
  if (secret.length < SHORTEST) return `has ${secret.length} bytes, at least ${SHORTEST} are needed`
  const text = fromUtf8(secret)
  if (text !== null && isSample(text)) return 'is a sample from documentation, which everybody knows'
  const values = new Set(secret).size
  if (values < FEWEST_VALUES)
    return `has only ${values} different characters, at least ${FEWEST_VALUES} are needed`
  return isRegular(secret) ? 'is a sequence or a repetition, which can be guessed' : undefined
}

function isSample(text: string): boolean {
  return PUBLISHED.includes(text) || PLACEHOLDER.test(text.toLowerCase().replaceAll(/[\s_-]/g, ''))
}

/** Whether some distance back, mostly the same step leads to each byte: 00 01 02…, abcabc…, password1password2… */
function isRegular(bytes: Uint8Array): boolean {
  const farthest = Math.min(SHORTEST - 1, bytes.length / 2)
  for (let distance = 1; distance <= farthest; distance++) {
    const counts = new Uint32Array(256)
    bytes.subarray(distance).forEach((byte, i) => {
      const step = (byte - (bytes[i] as number)) & 0xff
      counts[step] = (counts[step] as number) + 1
    })
    if (Math.max(...counts) >= 0.75 * (bytes.length - distance)) return true
  }
  return false
}

/** By its tag, because a test runner's realm has another `Uint8Array`. */
function isBytes(value: unknown): value is Uint8Array {
  return Object.prototype.toString.call(value) === '[object Uint8Array]'
}

function refusal(position: string, fault: string): SessionError {
  return new SessionError('config', `${position} ${fault}. Make one with: npx keepsake secret`)
}
