import type { AtRest } from './at-rest.ts'
import type { Carrier } from './carrier.ts'
import { SessionError } from './errors.ts'
import type { StandardSchema } from './schema.ts'
import type { Store } from './store.ts'

const FUNCTIONS = ['migrate', 'onEvent', 'onConflict', 'clock'] as const
const STORE_METHODS = ['get', 'create', 'update', 'touch', 'delete'] as const

/** The options of which only the compiler would say that they are of another kind. */
interface Kinds {
  readonly persistent?: unknown
  readonly schema?: unknown
  readonly store?: unknown
  readonly cookie?: unknown
  readonly transport?: unknown
  readonly encryptAtRest?: unknown
  readonly migrate?: unknown
  readonly onEvent?: unknown
  readonly onConflict?: unknown
  readonly clock?: unknown
}

/** Refuses options of the wrong kind, for apps that no compiler checks. @throws {SessionError} `config` */
export function refuseWrongKinds(options: Kinds): void {
  const found = fault(options)
  if (found) throw new SessionError('config', `${found}.`)
}

function fault(options: Kinds): string | undefined {
  const { persistent = true, schema, store, cookie, transport, encryptAtRest } = options
  const odd = FUNCTIONS.find((name) => options[name] !== undefined && !isFunction(options[name]))
  if (odd) return `${odd} is a function`
  if (typeof persistent !== 'boolean') return 'persistent is true or false'
  // without this every session would be refused by a validator that answers nothing
  if (schema !== undefined && !isFunction((schema as StandardSchema | null)?.['~standard']?.validate))
    return 'schema is no Standard Schema; those of zod, valibot and arktype are'
  if (transport !== undefined && !isFunction((transport as Carrier | null)?.receive))
    return 'transport is a value of keepsake/transport, bearer() for example'
  if (transport && cookie !== undefined) return 'cookie has no effect beside transport; leave one of them out'
  const missing = store && STORE_METHODS.find((name) => !isFunction((store as Partial<Store>)[name]))
  if (missing) return `store has no method ${missing}; give a store, not its client`
  if (encryptAtRest !== undefined && !isFunction((encryptAtRest as Partial<AtRest> | null)?.close))
    return 'encryptAtRest is what encryptAtRest() of keepsake/encrypt-at-rest returns'
  return encryptAtRest && !store ? 'encryptAtRest needs a store' : undefined
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}
