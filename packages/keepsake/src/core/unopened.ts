import { Fields } from './fields.ts'
import type { Remade } from './response.ts'

type Pairs = ConstructorParameters<typeof Fields>[0]

let symbol: symbol | undefined
/** Headers of a text without any. */
let untold: Pairs | undefined

/**
 * The parts of a response whose body nobody has asked for; `undefined` where that can't be known.
 *
 * `@hono/node-server` keeps status, body and headers of a response under a symbol, and sends them as they are. To copy
 * such a response as the standard has it, by its `body`, makes a stream of a text: two thirds of what the whole request costs.
 */
export function unopened(response: Response): Remade | undefined {
  if (!symbol || !(symbol in response))
    symbol = Object.getOwnPropertySymbols(response).find(({ description }) => description === 'cache')
  const kept: unknown = symbol && Reflect.get(response, symbol)
  if (!Array.isArray(kept)) return undefined
  const [status, body, given] = kept
  const known = body === null || typeof body === 'string' || body instanceof Uint8Array
  if (!known || typeof status !== 'number') return undefined
  const headers = new Fields(pairsOf(response, body, given))
  return {
    headers,
    response: () => new Response(body as BodyInit | null, { status, headers: headers.init() }),
  }
}

/** As they were given where that is a plain object, because to read a response's headers makes some. */
function pairsOf(response: Response, body: unknown, given: unknown): Pairs {
  if (given === undefined && body !== null) {
    untold ??= [...response.headers]
    return untold
  }
  return typeof given === 'object' && given !== null && !(Symbol.iterator in given)
    ? Object.entries(given).map(([name, value]) => [name.toLowerCase(), value])
    : [...response.headers]
}
