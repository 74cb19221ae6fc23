import { SessionError } from '../core/errors.ts'
import type { ExpressSessionMembers } from './express-types.ts'

const MEMBERS = {
  id: true,
  cookie: true,
  isNew: true,
  isChanged: true,
  isPopulated: true,
  regenerate: true,
  destroy: true,
  save: true,
  reload: true,
  touch: true,
  hasOwnProperty: true,
} as const satisfies Record<keyof ExpressSessionMembers, true>

/**
 * `req.session`: the data itself, with the session's members beside it. A member wins over data of its name, which
 * another style may have written: that stays in the record, unseen.
 */
export class ExpressView implements ProxyHandler<object> {
  readonly #members: ExpressSessionMembers

  constructor(members: ExpressSessionMembers) {
    this.#members = members
  }

  get(data: object, key: string | symbol): unknown {
    if (isMember(key)) return this.#members[key]
    if (key === Symbol.toPrimitive) return () => '[object Object]'
    return Reflect.get(data, key)
  }

  set(data: object, key: string | symbol, value: unknown): boolean {
    refuseMembers([key])
    if (Object.isFrozen(data)) {
      throw new SessionError('too_late', `req.session.${String(key)} was set after the response had left.`)
    }
    return Reflect.set(data, key, value)
  }

  defineProperty(data: object, key: string | symbol, property: PropertyDescriptor): boolean {
    refuseMembers([key])
    return Reflect.defineProperty(data, key, property)
  }
}

/** @throws {SessionError} `invalid_data` for keys under which `req.session` can hold no data. */
export function refuseMembers(keys: readonly (string | symbol)[]): void {
  for (const key of keys) {
    if (!isMember(key) && key !== '__proto__') continue
    throw new SessionError(
      'invalid_data',
      `req.session.${key} is not for data: every session has it. Take another key, or keep what visitors name under one of your own: req.session.fields = { … }.`,
      { path: `data.${key}` },
    )
  }
}

function isMember(key: string | symbol): key is keyof ExpressSessionMembers {
  return Object.hasOwn(MEMBERS, key)
}
