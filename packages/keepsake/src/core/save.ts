import { markerOf } from './arrival.ts'
import type { Kept } from './backing.ts'
import { utf8 } from './bytes.ts'
import { clearCookie, writeCookie } from './cookie.ts'
import { SessionError } from './errors.ts'
import { decode } from './json.ts'
import { plan } from './plan.ts'
import type { Found } from './record.ts'
import type { SessionState } from './session-state.ts'

const MARKED = 600

/** Carries out what a session wishes, and says which cookies tell the client. */
export async function save(state: SessionState, persistent: boolean): Promise<string[]> {
  const { backing, settings } = state.rules
  const todo = plan(state.wish(settings.now()))
  // Asking for what was found would open a session that nobody has looked at.
  if (todo === 'nothing') return finish(state, state.looked ? state.found : undefined, [])
  if (state.outcome === 'store-error') await salvage(state)
  const found = state.found as Found
  switch (todo) {
    case 'touch':
      return told(state, await backing.renew(state.arrival, found), persistent)
    case 'create':
      return told(state, await backing.create(state.arrival, await state.draft(undefined)), persistent)
    case 'change':
    case 'reissue': {
      const change = {
        reissue: todo === 'reissue',
        draft: (base: Found) => state.draft(base),
        ...state.fallback,
      }
      return told(state, await backing.change(state.arrival, found, change), persistent)
    }
    case 'remove': {
      const others = await remove(state)
      return finish(state, undefined, [...cleared(state), ...others])
    }
    case 'replace': {
      const others = await remove(state)
      return told(
        state,
        await backing.create(state.arrival, await state.draft(undefined)),
        persistent,
        others,
      )
    }
  }
}

/** Ends what is to be ended; returns the other cookies that this takes. */
async function remove(state: SessionState): Promise<string[]> {
  const { arrival, ended, rules } = state
  try {
    if (ended) await rules.backing.remove(ended)
  } catch (cause) {
    throw stillClearing(cause, state)
  }
  if (!ended || !rules.backing.leavesCopies) return previous(state)
  const ids = [ended.id, ...arrival.endedIds].slice(0, 4).join('.')
  return [writeCookie(markerOf(arrival.cookie), ids, MARKED), ...previous(state)]
}

/** The cookie that makes the browser forget the session, if it holds one. */
function cleared({ arrival, ended }: SessionState): string[] {
  return arrival.presented || ended ? [clearCookie(arrival.cookie)] : []
}

/** The store was down when the session was loaded: only a logout may still go on, if the store is back. */
async function salvage(state: SessionState): Promise<void> {
  try {
    const found = await state.reopen()
    if (state.destroyed) {
      state.ended = found
      return
    }
  } catch (cause) {
    throw stillClearing(cause, state)
  }
  throw new SessionError(
    'store_unavailable',
    'Nothing was saved: the store was down when this session was loaded.',
  )
}

function told(state: SessionState, kept: Kept, persistent: boolean, others = previous(state)): string[] {
  if (kept.value === undefined) return finish(state, kept.found, [])
  const { arrival, rules } = state
  const { keep } = kept.found.head
  const lasting = keep === undefined ? persistent : keep !== false
  const maxAge =
    lasting && kept.until !== undefined ? Math.round((kept.until - rules.settings.now()) / 1000) : undefined
  try {
    const cookie = writeCookie(arrival.cookie, kept.value, maxAge)
    return finish(state, kept.found, [cookie, ...others])
  } catch (error) {
    throw withLargestKeys(error, kept.found)
  }
}

/** Former cookies of this app that the browser still sends: expired with the first write. */
function previous({ arrival }: SessionState): string[] {
  return arrival.previous.map(clearCookie)
}

function finish(state: SessionState, found: Found | undefined, cookies: string[]): string[] {
  state.settle(found, cookies)
  return cookies
}

/** The visitor asked to be logged out: the error brings the cookie that does it in this browser at least. */
function stillClearing(cause: unknown, state: SessionState): unknown {
  const cookies = state.destroyed ? cleared(state) : []
  if (!(cause instanceof SessionError) || cookies.length === 0) return cause
  return new SessionError(cause.code, cause.message, { cause: cause.cause, cookies })
}

function withLargestKeys(error: unknown, { data, flash }: Found): unknown {
  if (!(error instanceof SessionError) || error.code !== 'too_large') return error
  const members = [...Object.entries(decode(data)), ...Object.entries(decode(flash))]
  const sizes = members.map(([key, value]) => [key, utf8(JSON.stringify(value)).length] as const)
  const largest = sizes.sort((a, b) => b[1] - a[1]).slice(0, 3)
  const named = largest.map(([key, size]) => `${key} (${size} bytes)`).join(', ')
  return new SessionError('too_large', `${error.message}. Largest keys: ${named || 'none'}.`, {
    ...(error.size !== undefined && { size: error.size }),
    ...(error.limit !== undefined && { limit: error.limit }),
  })
}
