import { refuseUnknownKeys } from '../core/known-keys.ts'
import { SessionError } from '../index.ts'

/** What is looked at of the options, defaults included. */
interface Meant {
  readonly tokens: string
  readonly origins: readonly string[]
  readonly header: string
  readonly field: string
}

const KNOWN = ['tokens', 'origins', 'header', 'field', 'allow', 'onFailure']

/** @throws {SessionError} `config` for options that can't be meant. */
export function refuseOddOptions(options: object, { tokens, origins, header, field }: Meant): void {
  refuseUnknownKeys('csrf', options, KNOWN)
  if (!['unsure', 'always'].includes(tokens)) throw bad('tokens is one of unsure, always.')
  if (!Array.isArray(origins)) throw bad("origins is a list, ['https://app.example'] for example.")
  const odd = origins.find((origin) => !isOrigin(origin))
  if (odd !== undefined) throw bad(`${odd} is no origin; say it as https://app.example, without a path.`)
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(header)) throw bad('header is the name of one, x-csrf-token for example.')
  if (typeof field !== 'string' || field === '') throw bad('field is the name of a field, _csrf for example.')
}

function bad(what: string): SessionError {
  return new SessionError('config', `csrf: ${what}`)
}

function isOrigin(text: string): boolean {
  try {
    return new URL(text).origin === text
  } catch {
    return false
  }
}
