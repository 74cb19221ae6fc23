import { type Awaitable, chain, rescue } from './awaitable.ts'
import { decode, encode, type JsonObject } from './json.ts'
import type { Found } from './record.ts'

/** A validator of any library that speaks Standard Schema (https://standardschema.dev), version 1. */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
  }
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly unknown[] }

/**
 * Brings data that was saved at version `from`, 0 for none, up to the present one: returns it, or changes what it is
 * given and returns nothing. May be asynchronous.
 */
export type Migrate = (data: Record<string, unknown>, from: number) => unknown

/** Brings loaded data into today's shape, or says that it does not fit. */
export class Shape {
  readonly #schema: StandardSchema | undefined
  readonly #migrate: Migrate | undefined
  readonly #version: number

  constructor(schema: StandardSchema | undefined, version: number, migrate: Migrate | undefined) {
    this.#schema = schema
    this.#version = version
    this.#migrate = migrate
  }

  /** The session with its data as the app knows it; `null` if it no longer fits. */
  reshape(found: Found): Awaitable<Found | null> {
    const recorded = found.head.version ?? 0
    if (recorded > this.#version) return null
    return rescue<Found | null>(
      () => {
        const data = decode(found.data)
        const migrated = recorded < this.#version && this.#migrate ? this.#migrate(data, recorded) : data
        return chain(migrated as Awaitable<unknown>, (value) =>
          chain(
            this.check(value === undefined ? data : value),
            (fitting) => fitting && this.#upgraded(found, encode('data', fitting)),
          ),
        )
      },
      () => null,
    )
  }

  /** From now on of this version, or a renewal would write new data under the old number. */
  #upgraded(found: Found, data: string): Found {
    const version = this.#version > 0 ? { version: this.#version } : {}
    return { ...found, data, head: { ...found.head, ...version } }
  }

  /** The data as the schema returns it; `null` if it does not pass. */
  check(data: unknown): Awaitable<JsonObject | null> {
    if (!this.#schema) return isObject(data) ? data : null
    return chain(this.#schema['~standard'].validate(data), (result) => {
      return result.issues === undefined && isObject(result.value) ? result.value : null
    })
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
