import type { Store } from '../../index.ts'

/** A store that was opened for one command. */
export interface OpenStore {
  readonly store: Store
  close(): unknown
}

/** Where a store is, as the command line says it. */
export interface Target {
  /** A URL, or the path of a SQLite file. */
  readonly place: string
  readonly table: string | undefined
  readonly prefix: string | undefined
}
