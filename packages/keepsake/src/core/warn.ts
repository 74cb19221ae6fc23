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
  'snapshot-too-large',
  'snapshot-asked',
]

const warned = new Set<string>()

/** An app's listener whose own failure stays its own: a monitor must log nobody out. */
export function guarded(onEvent: (event: SessionEvent) => void): (event: SessionEvent) => void {
  return (event) => {
    try {
      onEvent(event)
    } catch (error) {
      // biome-ignore lint/suspicious/noConsole: who should hear of it is who failed
      console.error('keepsake: onEvent threw', error)
    }
  }
}

/** Without `onEvent`: mistakes in the set-up, each once per process. */
export function warnOnce(event: SessionEvent): void {
  if (warned.has(event.type) || !SETUP.includes(event.type)) return
  warned.add(event.type)
  const { message, remedy } = describe(event)
  // biome-ignore lint/suspicious/noConsole: nobody listens
  console.warn(`keepsake: ${message} ${remedy}`)
}
