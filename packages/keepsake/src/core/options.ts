import type { Reader } from './accept.ts'
import type { AtRest } from './at-rest.ts'
import type { Binding } from './binding.ts'
import type { Carrier } from './carrier.ts'
import type { CookieOptions } from './cookie.ts'
import { type Duration, milliseconds } from './duration.ts'
import { SessionError } from './errors.ts'
import type { SessionEvent } from './events.ts'
import type { KeyRing } from './keys.ts'
import { refuseUnknownKeys } from './known-keys.ts'
import type { RequestLike } from './loopback.ts'
import type { OnConflict } from './merge.ts'
import { refuseWrongKinds } from './option-kinds.ts'
import type { Revocation } from './revocation.ts'
import type { Migrate, StandardSchema } from './schema.ts'
import type { Protection } from './seal-format.ts'
import type { Secret } from './secrets.ts'
import type { Settings } from './settings.ts'
import type { Store } from './store.ts'

/** A secret from the environment may be missing in type; at run time it must be there. */
export type SecretsOption = Secret | undefined | readonly (Secret | undefined)[]

interface CommonOptions<Data> {
  /** How seals protect what the cookie carries: `sign` leaves it readable; `jwt()` of `keepsake/jwt` is for other services. @default 'encrypt' */
  readonly protection?: 'encrypt' | 'sign' | Protection
  /** Encrypts data and flash in the store: `encryptAtRest()` of `keepsake/encrypt-at-rest`. Needs `store`. @default records are plain text */
  readonly encryptAtRest?: AtRest
  /** Ends sealed sessions before their time: `revocation(store)` of `keepsake/revocation`. @default a seal opens until its limits end it */
  readonly revocation?: Revocation
  /** The cookie, or how it looks for this request. @default `__Host-Http-session`, Secure, HttpOnly, SameSite=Lax */
  readonly cookie?: CookieOptions | ((request: RequestLike) => CookieOptions)
  /** Carries tokens in a header in place of the cookie: `bearer()` of `keepsake/transport`. @default the cookie */
  readonly transport?: Carrier
  /** Absolute limit, from creation or the last login. @default '30d' */
  readonly lifetime?: Duration
  /** Limit since the session was last seen. @default '7d', or `lifetime` if that is shorter */
  readonly idleTimeout?: Duration
  /** How long after it was last seen a session is renewed by reading it. @default a twentieth of `idleTimeout`, at most 1 hour */
  readonly renewAfter?: Duration
  /** Gives stored sessions a new token this often; strong stores only, at least twice `rotationGrace`. @default never */
  readonly rotateEvery?: Duration
  /** How long a token still opens its session after rotation retired it. @default '30s' */
  readonly rotationGrace?: Duration
  /** What a retired token does when it is shown again: `end` the session, or only `report` it. @default 'end' */
  readonly onReuse?: 'end' | 'report'
  /**
   * How many live sessions an owner may have: at a login beyond them, the one whose login is longest ago ends. For stores
   * that list by owner, with strong consistency; a login then lists twice. @default any number
   */
  readonly maxSessions?: number
  /** Ties sessions to the client they were made for: `client()` of `keepsake/bind`. @default to the token alone */
  readonly bind?: Binding
  /** Whether the cookie outlives the browser. @default true */
  readonly persistent?: boolean
  /** Checks loaded data; what does not pass makes an anonymous session with outcome `schema`. A new session is `{}`, unchecked. @default none */
  readonly schema?: StandardSchema<Data>
  /** Version of the data, a whole number from 1; data of a later version has outcome `schema`. @default 0 */
  readonly version?: number
  /** Brings loaded data of an earlier `version` up to this one; a throw or rejection has outcome `schema`. @default data stays as it is */
  readonly migrate?: Migrate
  /** Readers of older and of other libraries' sessions, from `keepsake/import/…`: tried in order where no cookie of ours is. @default none */
  readonly accept?: readonly Reader<Data>[]
  /** Hears of every outcome worth knowing. @default set-up mistakes go to console.warn, each once per process */
  readonly onEvent?: (event: SessionEvent) => void
  /** Tenant or deployment: bound into every seal and token, so that they open nowhere else. @default '' */
  readonly audience?: string
  /** Longest wait for one call of the store, the look-up of a write whose answer was lost included. @default '2s' */
  readonly storeTimeout?: Duration
  /** Decides when two concurrent requests changed one key of `data`. @default the later save wins */
  readonly onConflict?: OnConflict
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number
}

/** What answers reads in place of the store. */
export interface CacheOptions {
  /** How long after the store was read a snapshot of the session answers GET and HEAD, at most half of `idleTimeout`. */
  readonly maxAge: Duration
}

interface UncachedOptions {
  /** When the store is down: `fail` rejects `load`; `anonymous` goes on without a session, and any change makes `save` reject. @default 'fail' */
  readonly onStoreError?: 'fail' | 'anonymous'
  readonly cache?: undefined
  readonly staleFor?: undefined
}

interface CachedOptions {
  readonly secrets: SecretsOption
  readonly store: Store
  /** A sealed snapshot in a second cookie answers reads for so long; a logout or change elsewhere may be seen that late. @default the store answers */
  readonly cache: CacheOptions
  /** Besides `fail` and `anonymous`: `stale` shows what the snapshot holds, and any change makes `save` reject. Without one it is `fail`. @default 'fail' */
  readonly onStoreError?: 'fail' | 'anonymous' | 'stale'
  /** With `stale`: for how long after its `maxAge` a snapshot is shown. @default '5m' */
  readonly staleFor?: Duration
}

/** Options of a manager: `secrets` (sealed in the cookie), `store` (a record on the server), or both, and then perhaps `cache`. */
export type ManagerOptions<Data> = CommonOptions<Data> &
  (
    | (UncachedOptions & {
        /** The first seals and signs, all open. `npx keepsake secret` makes one. */
        readonly secrets: SecretsOption
        /** Keeps records on the server. @default sealed in the cookie */
        readonly store?: Store
      })
    | (UncachedOptions & { readonly store: Store; readonly secrets?: SecretsOption })
    | CachedOptions
  )

const KEYS = [
  'secrets',
  'store',
  'protection',
  'encryptAtRest',
  'revocation',
  'cookie',
  'transport',
  'lifetime',
  'idleTimeout',
  'renewAfter',
  'rotateEvery',
  'rotationGrace',
  'onReuse',
  'maxSessions',
  'bind',
  'persistent',
  'schema',
  'version',
  'migrate',
  'accept',
  'onEvent',
  'audience',
  'onStoreError',
  'cache',
  'staleFor',
  'storeTimeout',
  'onConflict',
  'clock',
] as const

const HOUR = 3_600_000

/** The settings behind the options. @throws {SessionError} `config` for what contradicts itself; it names the remedy. */
export function settle<Data>(
  options: ManagerOptions<Data>,
  ring: KeyRing | undefined,
  emit: (event: SessionEvent) => void,
): Settings {
  refuseUnknownKeys('SessionManager', options, KEYS)
  refuseWrongKinds(options)
  const lifetime = milliseconds('lifetime', options.lifetime ?? '30d')
  const idleTimeout =
    options.idleTimeout === undefined
      ? Math.min(7 * 24 * HOUR, lifetime)
      : milliseconds('idleTimeout', options.idleTimeout)
  if (idleTimeout > lifetime) throw bad('idleTimeout is longer than lifetime; lower it, or raise lifetime')
  const renewAfter =
    options.renewAfter === undefined
      ? Math.min(Math.max(1_000, idleTimeout / 20), idleTimeout / 2, HOUR)
      : milliseconds('renewAfter', options.renewAfter)
  if (renewAfter > idleTimeout / 2)
    throw bad('renewAfter is longer than half of idleTimeout; sessions in use would end')
  const clock = options.clock ?? Date.now
  const grace = milliseconds('rotationGrace', options.rotationGrace ?? '30s')
  return {
    ring,
    audience: textOf('audience', options.audience),
    atRest: options.encryptAtRest,
    lifetime,
    idleTimeout,
    // what is no reader is refused by whoever asks them
    acceptsUntil: Math.max(0, ...(options.accept ?? []).map((reader) => reader?.until)),
    renewAfter,
    rotateEvery: rotation(options, grace),
    grace,
    version: versionOf(options),
    bind: options.bind,
    onReuse: oneOf('onReuse', options.onReuse, ['end', 'report']),
    now: () => Math.floor(clock()),
    emit,
  }
}

/** The value of an option that has few. */
export function oneOf<Choice extends string>(
  option: string,
  value: Choice | undefined,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  if (value === undefined) return choices[0]
  if (choices.includes(value)) return value
  throw bad(`${option} is one of ${choices.join(', ')}`)
}

function rotation<Data>({ rotateEvery, store }: ManagerOptions<Data>, grace: number): number | undefined {
  if (rotateEvery === undefined) return undefined
  if (!store) throw bad('rotateEvery needs a store; a seal changes with every write anyway')
  if (store.consistency !== 'strong') throw bad('rotateEvery needs a store with strong consistency')
  const every = milliseconds('rotateEvery', rotateEvery)
  if (every < 2 * grace) throw bad('rotateEvery is shorter than twice rotationGrace; raise it')
  return every
}

function versionOf<Data>({ version, migrate }: ManagerOptions<Data>): number {
  if (version === undefined && migrate)
    throw bad('migrate needs version, the number of the present shape of the data')
  if (version !== undefined && !(Number.isSafeInteger(version) && version > 0))
    throw bad('version is a whole number from 1')
  return version ?? 0
}

function textOf(option: string, value: string | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'string' && value.length > 0 && value.length <= 1024) return value
  throw bad(`${option} is a text of 1 to 1024 characters`)
}

function bad(message: string): SessionError {
  return new SessionError('config', `${message}.`)
}
