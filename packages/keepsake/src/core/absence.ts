import type { Cookie } from './cookie.ts'
import type { AbsentEvent } from './events.ts'
import { isPlainHttpElsewhere, type RequestLike } from './loopback.ts'

/** Why a request may have come without our cookie; `undefined` for a plain anonymous visitor. */
export function absence(request: RequestLike, cookie: Cookie): AbsentEvent | undefined {
  const { headers } = request
  const host = headers.get('host')
  const other = nearName(headers.get('cookie'), cookie.name)
  if (other !== undefined) return absent('other-name', request, cookie, host, { other })
  if (cookie.secure && isPlainHttpElsewhere(request)) return absent('insecure-request', request, cookie, host)
  const from = headers.get('origin')
  if (!isForeign(request, from)) return undefined
  const kept = isNavigation(request) ? withheld(request, cookie.sameSite) : 'no-cookie-cross-origin'
  return kept && absent(kept, request, cookie, from)
}

/** The header is too large to be searched, so whether our cookie is in it nobody knows. */
export function oversized(request: RequestLike, cookie: Cookie): AbsentEvent {
  const header = request.headers.get('cookie') ?? ''
  const numbers = { size: header.length, count: header.split(';').length }
  return absent('oversized-header', request, cookie, request.headers.get('host'), numbers)
}

function absent(
  type: AbsentEvent['type'],
  { method }: RequestLike,
  { name, sameSite }: Cookie,
  from: string | null,
  more?: Pick<AbsentEvent, 'other' | 'size' | 'count'>,
): AbsentEvent {
  return { type, method, from, sameSite, name, ...more }
}

/** SameSite lets `lax` cookies through on cross-site links, in the top window only. */
function withheld(
  { method, headers }: RequestLike,
  sameSite: Cookie['sameSite'],
): AbsentEvent['type'] | undefined {
  if (sameSite === 'none') return undefined
  const link = method === 'GET' && !/^i?frame$/.test(headers.get('sec-fetch-dest') ?? '')
  return sameSite === 'lax' && link ? undefined : 'samesite-blocked'
}

function isForeign({ url, headers }: RequestLike, origin: string | null): boolean {
  const site = headers.get('sec-fetch-site')
  if (site !== null) return site === 'cross-site' || site === 'same-site'
  return (
    origin !== null &&
    origin !== 'null' &&
    !url.startsWith(`${origin}/`) &&
    origin.split('//')[1] !== headers.get('host')
  )
}

function isNavigation({ headers }: RequestLike): boolean {
  const mode = headers.get('sec-fetch-mode')
  if (mode !== null) return mode === 'navigate'
  return headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') ?? false
}

/** A cookie whose name differs from ours by its prefix alone. */
function nearName(header: string | null, name: string): string | undefined {
  const bare = bareName(name)
  return header
    ?.split(';', 200)
    .map((pair) => pair.split('=', 1)[0]?.trim() ?? '')
    .find((other) => other !== name && bareName(other) === bare)
}

function bareName(name: string): string {
  return name.replace(/^__(Host-Http|Host|Secure|Http)-/, '')
}
