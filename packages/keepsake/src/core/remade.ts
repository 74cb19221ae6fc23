import type { Remade } from './response.ts'
import { unopened } from './unopened.ts'

/** `undefined` for `Response.error()` and a response whose body is being read; an upgrade can only stand for itself. */
export function remade(response: Response): Remade | undefined {
  if (response.status === 101) return { headers: response.headers, response: () => response }
  return unopened(response) ?? reopened(response)
}

function reopened(response: Response): Remade | undefined {
  const { body, status, statusText } = response
  if (status === 0 || response.bodyUsed || body?.locked) return undefined
  const headers = new Headers(response.headers)
  return { headers, response: () => new Response(body, { status, statusText, headers }) }
}
