import { SessionError } from './errors.ts'

const FUNCTIONS = ['migrate', 'onEvent', 'onConflict', 'clock'] as const
const STORE_METHODS = ['get', 'create', 'update', 'touch', 'delete'] as const

/** The options of which only the compiler would say that they are of another kind. */
interface Kinds {
  readonly persistent?: unknown
  readonly schema?: unknown
  readonly store?: unknown
  readonly migrate?: unknown
  readonly onEvent?: unknown
  readonly onConflict?: unknown
  readonly clock?: unknown
}

/** What is wrong with them, in words; `undefined` if nothing is. */
function fault(options: Kinds): string | undefined {
  const { persistent, schema, store } = options
  const odd = FUNCTIONS.find((name) => options[name] !== undefined && typeof options[name] !== 'function')
  if (odd) return `${odd} is a function`
  if (persistent !== undefined && typeof persistent !== 'boolean') return 'persistent is true or false'
  // without this every session would be refused by a validator that answers nothing
  if (schema !== undefined && typeof member(member(schema, '~standard'), 'validate') !== 'function')
    return 'schema is no Standard Schema; those of zod, valibot and arktype are'
  if (store === undefined) return undefined
  const missing = STORE_METHODS.find((name) => typeof member(store, name) !== 'function')
  if (missing)
    return `store has no method ${missing}; give a store, not its client: sqliteStore(database), for example`
  return ['strong', 'eventual'].includes(member(store, 'consistency') as string)
    ? undefined
    : "store.consistency is 'strong' or 'eventual'"
}

/** Refuses options of the wrong kind, for apps that no compiler checks. @throws {SessionError} `config` */
export function refuseWrongKinds(options: Kinds): void {
  const found = fault(options)
  if (found) throw new SessionError('config', `${found}.`)
}

function member(value: unknown, name: string): unknown {
  return value === null || value === undefined ? undefined : (value as Record<string, unknown>)[name]
}
