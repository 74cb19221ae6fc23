import { SessionError } from './errors.ts'

/** The prefixes browsers enforce, longest first (RFC 6265bis §4.1.3, and its successor for `Http`). */
const PREFIXES = ['__Host-Http-', '__Host-', '__Secure-', '__Http-'] as const
const LONGEST_ATTRIBUTE = 1024

/** The prefix a name starts with, `''` if none. */
export function prefixOf(name: string): string {
  return PREFIXES.find((prefix) => name.startsWith(prefix)) ?? ''
}

/** A cookie name by the token grammar of RFC 9110 §5.6.2. @throws {SessionError} `config` */
export function checkName(option: string, name: unknown): string {
  if (typeof name === 'string' && /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) && name.length <= 256)
    return name
  throw refusal(option, "expected 1 to 256 letters, digits or any of !#$%&'*+-.^_`|~", name)
}

/**
 * Refuses names that look like a prefix but are none, so that nobody believes in a protection that isn't there.
 * Browsers take prefixes in any case, servers in one: other cases are refused too.
 */
export function checkPrefix(option: string, name: string): void {
  const prefix = prefixOf(name)
  const rest = name.slice(prefix.length)
  if (rest === '')
    throw refusal(option, 'something must follow the prefix, for example __Host-Http-session', name)
  if (prefix === '' ? !looksLikePrefix(rest) : !/^_*(?:host|secure|http)-/i.test(rest)) return
  throw refusal(
    option,
    `looks like a prefix but is none; there are ${PREFIXES.join(', ')}, written exactly so`,
    name,
  )
}

function looksLikePrefix(name: string): boolean {
  return (
    /^(?:__+(?:host|secure|http)|_(?:host|secure|http)[-_]|(?:host|secure|http)__)/i.test(name) ||
    /^(?:Host|Secure|Http)-/.test(name)
  )
}

/** What a `__Host-` name demands: no Domain, and the whole host. @throws {SessionError} `config` */
export function checkHostBound(option: string, name: string, domain: string | undefined, path: string): void {
  if (!/^__host-/i.test(name) || (domain === undefined && path === '/')) return
  const found = domain === undefined ? `path ${path}` : `domain ${domain}`
  throw new SessionError(
    'config',
    `${option}: browsers refuse ${name} with ${found}; use a name with __Secure-, or leave ${domain === undefined ? 'path' : 'domain'} out`,
  )
}

/** A domain in lower case: LDH labels, not an address, not a single label. @throws {SessionError} `config` */
export function checkDomain(option: string, domain: unknown): string {
  if (typeof domain !== 'string') throw refusal(option, 'expected a domain such as example.com', domain)
  if (domain.startsWith('.'))
    throw refusal(option, 'leave the leading dot out; subdomains are included without it', domain)
  const labels = domain.split('.')
  if (domain.length > 253 || !labels.every((label) => /^(?!-)[a-z0-9-]{1,63}(?<!-)$/i.test(label))) {
    throw refusal(option, 'expected a domain such as example.com, with international names as xn--…', domain)
  }
  if (/^(?:\d+|0x[0-9a-f]*)$/i.test(labels.at(-1) ?? '')) {
    throw refusal(
      option,
      'an address takes no Domain; leave domain out and the cookie stays on its host',
      domain,
    )
  }
  if (labels.length === 1) {
    throw refusal(
      option,
      'browsers refuse a single label; leave domain out and the cookie stays on its host',
      domain,
    )
  }
  return domain.toLowerCase()
}

/** A path as browsers request it; they ignore longer ones than 1024 bytes. @throws {SessionError} `config` */
export function checkPath(option: string, path: unknown): string {
  // without ' ', '?' and '#': no request path ever has them, so the cookie would never come back
  if (typeof path === 'string' && path.length <= LONGEST_ATTRIBUTE && /^\/[!-"$-:<->@-~]*$/.test(path))
    return path
  throw refusal(
    option,
    "expected '/' and at most 1023 printable ASCII characters, percent-encoded, without ; ? #",
    path,
  )
}

/** One of a few words. @throws {SessionError} `config` */
export function checkChoice<T extends string>(option: string, value: unknown, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value)
  if (found === undefined)
    throw refusal(option, `expected ${choices.map((choice) => `'${choice}'`).join(' or ')}`, value)
  return found
}

/** `true`, `false`, or left out. @throws {SessionError} `config` */
export function checkFlag(option: string, value: unknown, usual: boolean): boolean {
  if (value === undefined) return usual
  if (typeof value === 'boolean') return value
  throw refusal(option, 'expected true or false', value)
}

/** A list of objects, or left out. @throws {SessionError} `config` */
export function checkList<T extends object>(option: string, value: readonly T[] | undefined): readonly T[] {
  const list: unknown = value ?? []
  if (Array.isArray(list) && list.every((item) => typeof item === 'object' && item !== null)) return list
  throw refusal(option, 'expected a list of objects', value)
}

function refusal(option: string, remedy: string, value: unknown): SessionError {
  const shown = JSON.stringify(value) ?? String(value)
  return new SessionError(
    'config',
    `${option}: ${remedy}; got ${shown.length > 80 ? `${shown.slice(0, 80)}…` : shown}`,
  )
}
