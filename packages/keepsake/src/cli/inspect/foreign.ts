import { fromCookieSession } from '../../import/cookie-session.ts'
import { fromExpressSession } from '../../import/express-session.ts'
import { fromH3 } from '../../import/h3.ts'
import { fromHonoSession } from '../../import/hono-session.ts'
import { fromIronSession } from '../../import/iron-session.ts'
import { fromRack, fromSinatra } from '../../import/rack.ts'
import { fromReactRouter } from '../../import/react-router.ts'
import { type Reader, SessionError } from '../../index.ts'
import { time } from '../table.ts'
import type { Finding } from './finding.ts'
import { FOREIGN_FORMS, type ForeignForm, type Said } from './foreign-forms.ts'
import type { Question } from './question.ts'

type Make = (secret: string, name: string) => Reader<unknown>

const WHOLE = { until: '9999-12-31', map: (old: unknown) => old as object } as const
/** What is kept on the server is not asked for: a signature is genuine without it. */
const STORE = { get: (_: string, done: (error: null, record: object) => void) => done(null, { cookie: {} }) }

const HASHES = ['sha1', 'sha256', 'sha384', 'sha512'] as const
const ENCODINGS = ['base64', 'hex'] as const

/** The readers that a form may be opened by, and what more is known if it is. */
const READERS: Readonly<
  Record<ForeignForm['door'], readonly { readonly make: Make; readonly adds?: string }[]>
> = {
  'express-session': [
    { make: (secret, name) => fromExpressSession({ ...WHOLE, secret, name, store: STORE }) },
  ],
  'cookie-session': HASHES.flatMap((algorithm) =>
    ENCODINGS.map((encoding) => ({
      make: (keys, name) => fromCookieSession({ ...WHOLE, keys, name, algorithm, encoding }),
    })),
  ),
  'iron-session': [
    { make: (password, name) => fromIronSession({ ...WHOLE, password, name: name.replace(/\.0$/, '') }) },
  ],
  h3: [
    { make: (password, name) => fromH3({ ...WHOLE, password, name, version: 1 }), adds: 'version 1' },
    { make: (password, name) => fromH3({ ...WHOLE, password, name, version: 2 }), adds: 'version 2' },
  ],
  'hono-session': [{ make: (secret, name) => fromHonoSession({ ...WHOLE, secret, name }) }],
  'react-router': [
    { make: (secrets, name) => fromReactRouter({ ...WHOLE, secrets, name }) },
    {
      make: (secrets, name) => fromReactRouter({ ...WHOLE, secrets, name, readData: () => ({}) }),
      adds: 'the data is an id, the session elsewhere',
    },
  ],
  rack: [
    { make: (secrets) => fromRack({ ...WHOLE, secrets }) },
    { make: (secrets, key) => fromRack({ ...WHOLE, secrets, key }) },
    { make: (legacyHmacSecret, key) => fromRack({ ...WHOLE, legacyHmacSecret, key }) },
    { make: (secret, name) => fromSinatra({ ...WHOLE, secret, name }) },
  ],
  'redis-rack': [],
}

/** What a cookie of another library is; `undefined` for anything else. */
export async function inspectForeign(question: Question): Promise<Finding | undefined> {
  const text = decoded(question.cookie.value)
  for (const form of FOREIGN_FORMS) {
    const said = form.read(text)
    if (said) return opening(question, form, said)
  }
  return undefined
}

async function opening(question: Question, form: ForeignForm, said: Said): Promise<Finding> {
  const outside = { library: `keepsake/import/${form.door}`, kind: form.kind, ...said }
  if (said.expiresAt !== undefined && question.now >= said.expiresAt) {
    const problem = `Expired ${time(said.expiresAt)}.`
    return { ...outside, state: 'expired', problem, remedy: 'Nothing: the visitor starts anew.' }
  }
  if (question.secrets.length === 0) return { ...outside, state: 'not-verified' }
  if (READERS[form.door].length === 0) {
    const problem = 'not verified: an id has no signature, so that only the store knows'
    return { ...outside, state: 'not-verified', problem }
  }
  const found = await firstOpened(question, form)
  if (found) return { ...outside, ...found, ...said }
  const problem = 'No secret that was given opens it, or it has expired.'
  return { ...outside, state: 'does-not-open', problem, remedy: remedyFor(form) }
}

/** What the first of the readers and secrets finds that finds anything. */
async function firstOpened(
  question: Question,
  { door, kind }: ForeignForm,
): Promise<Pick<Finding, 'kind' | 'state' | 'verified' | 'data'> | undefined> {
  for (const secret of question.secrets) {
    for (const { make, adds } of READERS[door]) {
      const data = await read(question, secret, make)
      if (data === undefined) continue
      if (door === 'express-session') return { kind, state: 'genuine', verified: true }
      return { kind: adds === undefined ? kind : `${kind}, ${adds}`, state: 'opens', verified: true, data }
    }
  }
  return undefined
}

function remedyFor({ door }: ForeignForm): string {
  if (door === 'cookie-session')
    return 'Give the whole Cookie header: the signature is in a cookie of its own.'
  return "Give the old app's secret, and the cookie with its name: name=value."
}

/** What the reader finds there; a secret that the library would not have taken opens nothing. */
async function read({ cookie, jar, name, now }: Question, secret: string, make: Make): Promise<unknown> {
  const full = cookie.name ?? name ?? 'session'
  try {
    const reader = make(secret, full)
    const own = reader.cookies[0]?.name
    const taken = await reader.read(
      (wanted) => jar.get(wanted) ?? (wanted === own ? cookie.value : undefined),
      now,
    )
    return taken === undefined || taken === 'unfit' ? undefined : taken.data
  } catch (error) {
    if (error instanceof SessionError) return undefined
    throw error
  }
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
