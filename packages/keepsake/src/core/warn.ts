import type { SessionEvent } from './events.ts'
import { describe } from './explain.ts'

const SETUP: readonly SessionEvent['type'][] = [
  'insecure-request',
  'no-cookie-cross-origin',
  'samesite-blocked',
  'other-name',
  'cookie-dropped',
  'not-awaited',
  'public-response',
  'memory-store',
  'behind-proxy',
]

const warned = new Set<string>()

/** Without `onEvent`: mistakes in the set-up, each once per process. */
export function warnOnce(event: SessionEvent): void {
  if (warned.has(event.type) || !SETUP.includes(event.type)) return
  warned.add(event.type)
  const { message, remedy } = describe(event)
  // biome-ignore lint/suspicious/noConsole: the one place that may speak, and only where nobody listens
  console.warn(`keepsake: ${message} ${remedy}`)
}
