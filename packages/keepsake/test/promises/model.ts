import fc from 'fast-check'
import type { Visit } from '../../../conformance/promises/world.ts'

/** What a visitor's session comes to, as an app sees it. */
export interface Seen {
  readonly data: Readonly<Record<string, number>>
  readonly flash: Readonly<Record<string, string>>
  readonly owner?: string | undefined
}

/** Something a handler does. */
export interface Deed {
  readonly says: string
  readonly act: (session: Visit) => void
  readonly leaves: (seen: Seen) => Seen
  /** Whoever holds the former token is out. */
  readonly replaces?: boolean
  readonly ends?: boolean
}

/** One request: what its handler does, and whether it throws in the end. */
export interface Task {
  readonly deeds: readonly Deed[]
  readonly throws: boolean
}

export const NOBODY: Seen = { data: {}, flash: {} }

const key = fc.constantFrom('a', 'b', 'c')

const set = fc.tuple(key, fc.nat({ max: 3 })).map(
  ([name, value]): Deed => ({
    says: `${name} = ${value}`,
    act: (session) => {
      session.data[name] = value
    },
    leaves: (seen) => ({ ...seen, data: { ...seen.data, [name]: value } }),
  }),
)

const unset = key.map(
  (name): Deed => ({
    says: `delete ${name}`,
    act: (session) => {
      delete session.data[name]
    },
    leaves: (seen) => ({ ...seen, data: without(seen.data, name) }),
  }),
)

const flash = key.map(
  (name): Deed => ({
    says: `flash ${name}`,
    act: (session) => session.flash(name, 'x'),
    leaves: (seen) => ({ ...seen, flash: { ...seen.flash, [name]: 'x' } }),
  }),
)

const take = key.map(
  (name): Deed => ({
    says: `take ${name}`,
    act: (session) => void session.take(name),
    leaves: (seen) => ({ ...seen, flash: without(seen.flash, name) }),
  }),
)

const login = fc.constantFrom('ada', 'bob').map(
  (owner): Deed => ({
    says: `login ${owner}`,
    act: (session) => session.login(owner),
    leaves: (seen) => ({ ...(seen.owner === undefined || seen.owner === owner ? seen : NOBODY), owner }),
    replaces: true,
  }),
)

const destroy: Deed = {
  says: 'destroy',
  act: (session) => session.destroy(),
  leaves: () => NOBODY,
  replaces: true,
  ends: true,
}
const regenerate: Deed = {
  says: 'regenerate',
  act: (session) => session.regenerate(),
  leaves: (seen) => seen,
  replaces: true,
}
const remember: Deed = { says: 'remember', act: (session) => session.remember('1d'), leaves: (seen) => seen }
const look: Deed = { says: 'look', act: (session) => void session.data, leaves: (seen) => seen }

const deed = fc.oneof(set, unset, flash, take, login, fc.constantFrom(destroy, regenerate, remember, look))

export const tasks: fc.Arbitrary<Task[]> = fc.array(
  fc.record({
    deeds: fc.array(deed, { maxLength: 5 }),
    throws: fc.boolean(),
  }),
  { minLength: 1, maxLength: 6 },
)

/** What a request leaves behind: all of it, or, if its handler throws, only that it ended the session. */
export function outcome(before: Seen, { deeds, throws }: Task): Seen {
  if (throws) return deeds.some(({ ends }) => ends) ? NOBODY : before
  return deeds.reduce((seen, { leaves }) => leaves(seen), before)
}

/** Whether the token from before the request is dead after it. */
export function replaced({ deeds, throws }: Task): boolean {
  return deeds.some(({ replaces, ends }) => (throws ? ends : replaces))
}

function without<T>(object: Readonly<Record<string, T>>, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(object).filter(([other]) => other !== name))
}
