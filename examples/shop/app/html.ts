import { html } from 'hono/html'

/** Escaped markup; what an `html` template makes. */
export type Html = ReturnType<typeof html>

export { html }
