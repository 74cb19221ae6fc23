/**
 * A copy of a response whose body nobody has asked for, with headers of its own; `undefined` where that can't be known.
 *
 * `@hono/node-server` keeps status, body and headers of a response under a symbol, and sends them as they are. To copy
 * such a response as the standard has it, by its `body`, makes a stream of a text: two thirds of what the whole request costs.
 */
export function unopenedCopy(response: Response): Response | undefined {
  const key = Object.getOwnPropertySymbols(response).find(({ description }) => description === 'cache')
  const kept: unknown = key && Reflect.get(response, key)
  if (!Array.isArray(kept)) return undefined
  const [status, body] = kept
  const known = body === null || typeof body === 'string' || body instanceof Uint8Array
  if (!known || typeof status !== 'number') return undefined
  return new Response(body as BodyInit | null, { status, headers: new Headers(response.headers) })
}
