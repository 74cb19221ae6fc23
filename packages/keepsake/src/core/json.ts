import { SessionError } from './errors.ts'

/** What JSON can carry. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json | undefined }

/** An object of JSON values, as `data` and `flash` are. */
export type JsonObject = Record<string, unknown>

const DEEPEST = 32

/**
 * The JSON text of `data` or `flash`. Members that are `undefined` are left out.
 *
 * @throws {SessionError} `invalid_data`, naming the path, for whatever JSON would drop or alter.
 */
export function encode(root: string, value: JsonObject): string {
  check(root, value, 0)
  return JSON.stringify(value)
}

/** The object behind an encoded text; no prototype, so that no key reads what nobody wrote. */
export function decode(text: string): JsonObject {
  return Object.setPrototypeOf(JSON.parse(text), null)
}

/**
 * A copy, not deep, of what the app gives in place of all `data`; its own object is left alone.
 *
 * @throws {SessionError} `invalid_data` for anything but a plain object.
 */
export function adopt(root: string, value: unknown): JsonObject {
  if (Array.isArray(value)) refuse(root, 'an array')
  if (typeof value !== 'object' || value === null) refuse(root, value === null ? 'null' : typeof value)
  checkPlain(root, value)
  return Object.assign(Object.create(null), value)
}

function check(path: string, value: unknown, depth: number): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) refuse(path, String(value))
    return
  }
  if (typeof value !== 'object') refuse(path, typeof value)
  if (depth > DEEPEST) refuse(path, `nesting deeper than ${DEEPEST} levels, or a cycle`)
  if (Array.isArray(value)) checkArray(path, value, depth)
  else checkObject(path, value as object, depth)
}

function checkArray(path: string, array: readonly unknown[], depth: number): void {
  // its own keys are the indices and `length`
  if (Reflect.ownKeys(array).length !== array.length + 1) refuse(path, 'an array with holes or named members')
  for (let i = 0; i < array.length; i++) check(`${path}[${i}]`, array[i], depth + 1)
}

function checkObject(path: string, object: object, depth: number): void {
  checkPlain(path, object)
  for (const [key, value] of Object.entries(object)) {
    if (key === '__proto__') refuse(path, 'the key "__proto__"')
    if (value !== undefined) check(`${path}.${key}`, value, depth + 1)
  }
}

function checkPlain(path: string, object: object): void {
  const prototype: unknown = Object.getPrototypeOf(object)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) refuse(path, classOf(object))
  if (Reflect.ownKeys(object).length > Object.keys(object).length)
    refuse(path, 'a symbol key or hidden member')
}

function classOf(object: object): string {
  return `an instance of ${object.constructor?.name || 'a class'}`
}

function refuse(path: string, what: string): never {
  throw new SessionError(
    'invalid_data',
    `${path}: ${what} can't be kept; a session holds plain JSON (string, finite number, boolean, null, array, object). Convert it first, a Date by toISOString() for example.`,
    { path },
  )
}
