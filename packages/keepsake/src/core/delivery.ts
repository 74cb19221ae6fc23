import { SessionError } from './errors.ts'
import { plan } from './plan.ts'
import { carries, forbidCaching, type HeaderTarget, markPrivate } from './response.ts'
import type { SessionState } from './session-state.ts'

/** @throws {SessionError} `response` if something would be saved that a response without cookies can't tell. */
export function refuseLoss(state: SessionState): void {
  const wish = state.wish(state.rules.settings.now())
  const todo = plan(wish)
  if (todo === 'nothing' || todo === 'touch') return
  if (todo === 'take' && !wish.changed && !wish.reissue) return
  throw new SessionError(
    'response',
    'This response can take no cookie: its body was read, or it is Response.error(). Nothing was saved.',
  )
}

/** Puts what the client is told, or else what a response that was only read from must say, on a response's headers. */
export function mark(state: SessionState, headers: HeaderTarget, lines: readonly string[]): void {
  const { carriage } = state.arrival
  const at = state.found && { id: state.found.id }
  if (state.delivered && !carries(headers, carriage.cookies(lines)))
    state.report({ type: 'cookie-dropped', ...at })
  state.delivered = lines.length > 0
  if (lines.length === 0) {
    markPrivate(headers, carriage.header)
    return
  }
  carriage.put(headers, lines)
  if (forbidCaching(headers)) state.report({ type: 'public-response', ...at })
}
