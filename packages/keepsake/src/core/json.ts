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
  const found = faultOf(value, 0)
  if (found) refuse(root + found.path, found.what)
  return JSON.stringify(value)
}

/** The object behind an encoded text; no prototype, so that no key reads what nobody wrote. */
export function decode(text: string): JsonObject {
  return text === '{}' ? Object.create(null) : Object.setPrototypeOf(JSON.parse(text), null)
}

/**
 * A copy, not deep, of what the app gives in place of all `data`; its own object is left alone.
 *
 * @throws {SessionError} `invalid_data` for anything but a plain object.
 */
export function adopt(root: string, value: unknown): JsonObject {
  if (Array.isArray(value)) refuse(root, 'an array')
  if (typeof value !== 'object' || value === null) refuse(root, value === null ? 'null' : typeof value)
  const unfit = whyNotPlain(value, Object.keys(value).length)
  if (unfit !== undefined) refuse(root, unfit)
  return Object.assign(Object.create(null), value)
}

/** What can't be kept, and where: the path is put together on the way back, so that only a fault pays for it. */
interface Fault {
  readonly what: string
  readonly path: string
}

function faultOf(value: unknown, depth: number): Fault | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined
    case 'number':
      return Number.isFinite(value) ? undefined : fault(String(value))
    case 'object':
      if (value === null) return undefined
      if (depth > DEEPEST) return fault(`nesting deeper than ${DEEPEST} levels, or a cycle`)
      return Array.isArray(value) ? faultInArray(value, depth) : faultInObject(value as JsonObject, depth)
    default:
      return fault(typeof value)
  }
}

function faultInArray(array: readonly unknown[], depth: number): Fault | undefined {
  // the names are the indices and `length`; where a hole makes up for another name, the hole is found below
  if (Object.getOwnPropertyNames(array).length !== array.length + 1 || hasSymbols(array))
    return fault('an array with holes or named members')
  for (let i = 0; i < array.length; i++) {
    const found = faultOf(array[i], depth + 1)
    if (found) return within(`[${i}]`, found)
  }
  return undefined
}

function faultInObject(object: JsonObject, depth: number): Fault | undefined {
  const values = Object.values(object)
  const unfit = whyNotPlain(object, values.length)
  if (unfit !== undefined) return fault(unfit)
  if (Object.hasOwn(object, '__proto__')) return fault('the key "__proto__"')
  for (let i = 0; i < values.length; i++) {
    const found = values[i] === undefined ? undefined : faultOf(values[i], depth + 1)
    if (found) return within(`.${Object.keys(object)[i]}`, found)
  }
  return undefined
}

/** @param shown how many members JSON would show */
function whyNotPlain(object: object, shown: number): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(object)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return classOf(object)
  const hidden = Object.getOwnPropertyNames(object).length > shown
  return hidden || hasSymbols(object) ? 'a symbol key or hidden member' : undefined
}

/** Names and symbols apart are read in a quarter of the time that `Reflect.ownKeys` takes in V8. */
function hasSymbols(object: object): boolean {
  return Object.getOwnPropertySymbols(object).length > 0
}

function fault(what: string): Fault {
  return { what, path: '' }
}

function within(step: string, { what, path }: Fault): Fault {
  return { what, path: step + path }
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
