import { SessionError } from './errors.ts'
import type { StandardSchema } from './schema.ts'

const FUNCTIONS = ['migrate', 'onEvent', 'onConflict', 'clock'] as const
const STORE_METHODS = ['get', 'create', 'update', 'touch', 'delete'] as const

/** Values from doors: a method that each has, and what it is. */
const VALUES = [
  ['bind', 'clientOf', 'a value of keepsake/bind, client() for example'],
  ['transport', 'receive', 'a value of keepsake/transport, bearer() for example'],
  ['revocation', 'over', 'what revocation(store) of keepsake/revocation returns'],
  ['encryptAtRest', 'close', 'what encryptAtRest() of keepsake/encrypt-at-rest returns'],
] as const

/** Options that can't stand side by side, and why. */
const APART = [
  ['transport', 'cookie', 'cookie has no effect beside transport'],
  ['transport', 'accept', 'accept reads cookies, and transport keeps none'],
  ['transport', 'cache', 'cache keeps a cookie, and transport keeps none'],
  ['revocation', 'store', 'revocation is for sealed sessions, and a store ends its own'],
] as const

/** The options of which only the compiler would say that they are of another kind. */
interface Kinds {
  readonly persistent?: unknown
  readonly schema?: unknown
  readonly store?: unknown
  readonly cookie?: unknown
  readonly accept?: unknown
  readonly cache?: unknown
  readonly bind?: unknown
  readonly transport?: unknown
  readonly protection?: unknown
  readonly encryptAtRest?: unknown
  readonly revocation?: unknown
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
  const { accept = [], persistent = true, schema, store } = options
  const odd = FUNCTIONS.find((name) => options[name] !== undefined && !isFunction(options[name]))
  if (odd) return `${odd} is a function`
  if (!Array.isArray(accept)) return 'accept is a list: [fromExpressSession({ … })]'
  if (typeof persistent !== 'boolean') return 'persistent is true or false'
  // without this every session would be refused by a validator that answers nothing
  if (schema !== undefined && !isFunction((schema as StandardSchema | null)?.['~standard']?.validate))
    return 'schema is no Standard Schema; those of zod, valibot and arktype are'
  const missing = store && STORE_METHODS.find((name) => !hasMethod(store, name))
  if (missing) return `store has no method ${missing}; give a store, not its client`
  return faultOfValue(options)
}

function faultOfValue(options: Kinds): string | undefined {
  const wrong = VALUES.find(
    ([name, method]) => options[name] !== undefined && !hasMethod(options[name], method),
  )
  if (wrong) return `${wrong[0]} is ${wrong[2]}`
  const clash = APART.find(([one, other]) => options[one] !== undefined && options[other] !== undefined)
  if (clash) return `${clash[2]}; leave one of them out`
  if (typeof options.protection === 'object' && options.store)
    return "protection of a session in a store is 'encrypt' or 'sign'; a store keeps no JWT"
  return options.encryptAtRest && !options.store ? 'encryptAtRest needs a store' : undefined
}

function hasMethod(value: unknown, name: string): boolean {
  return isFunction((value as Record<string, unknown> | null)?.[name])
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}
