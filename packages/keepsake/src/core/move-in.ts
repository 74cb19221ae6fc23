import type { Cookies, Doorway, Reader, Taken } from './accept.ts'
import { type Awaitable, chain, rescue } from './awaitable.ts'
import type { Draft, Opened, Taking, Visit } from './backing.ts'
import { inTime } from './bounded-store.ts'
import { bytesOf, frame, toBase64url } from './bytes.ts'
import { engine } from './crypto.ts'
import { headOn } from './draft.ts'
import { adopt, encode } from './json.ts'
import { Mark } from './mark.ts'
import type { Found, Head } from './record.ts'
import { mintId } from './token.ts'

/** Opens the session that a reader finds in these cookies; `undefined` if it finds none. */
export async function moveIn<Data>(
  reader: Reader<Data>,
  doorway: Doorway,
  visit: Visit,
  cookies: Cookies,
): Promise<Opened | undefined> {
  const from = reader.cookies[0]?.name ?? ''
  const seen: string[] = []
  const noted: Cookies = (name) => {
    const value = cookies(name)
    seen.push(name, value ?? '')
    return value
  }
  const taken = await inTime(`reading ${from}`, doorway.storeTimeout, () =>
    reader.read(noted, visit.startedAt),
  )
  if (!taken) return undefined
  const data = taken === 'unfit' ? null : await fitting(doorway, taken.data)
  if (taken === 'unfit' || data === null) return { outcome: 'schema', facts: { from } }
  const trace = await hash(
    'keepsake/accepted',
    doorway,
    from,
    ...(taken.id === undefined ? seen : [taken.id]),
  )
  const found = foundAs(reader, doorway, visit, taken, data, trace)
  const { store } = doorway
  const mark = store && reader.once ? new Mark(store, trace, reader.until) : undefined
  const taking = takingOf(doorway, found, mark)
  const marked = await mark?.read()
  if (marked) return spent(doorway, visit, found, taking, marked.at, from)
  if ((await barred(doorway, found)) || (await ended(doorway, found)))
    return { outcome: 'revoked', facts: { from } }
  return { found, taking: { ...taking, from } }
}

/** Its data as text, by the app's schema; `null` if it does not pass or is no plain JSON. */
function fitting({ shape }: Doorway, data: unknown): Awaitable<string | null> {
  return rescue<string | null>(
    () => {
      const plain = adopt('data', data)
      // what is no plain JSON must not get to the schema, which may let it pass
      encode('data', plain)
      if (!shape) return encode('data', plain)
      return chain(shape.check(plain), (fits) => fits && encode('data', fits))
    },
    () => null,
  )
}

function foundAs<Data>(
  { cookies }: Reader<Data>,
  { settings, store }: Doorway,
  visit: Visit,
  { owner, id }: Taken<Data>,
  data: string,
  trace: string,
): Found {
  const head: Head = {
    ...headOn(settings, undefined, {}, visit.startedAt),
    ...(owner !== undefined && { owner }),
    ...(!cookies.every(({ name }) => name.startsWith('__Host-')) && { planted: true }),
  }
  // in the cookie alone, parallel requests agree by a common id, so that one's logout ends what another made
  const named = !store && id !== undefined ? toBase64url(bytesOf(trace).subarray(0, 16)) : mintId()
  return { id: named, head, data, flash: '{}', rank: 0 }
}

/** Moves in: the record first, then the mark, so that a crash between them costs nothing. Who finds the mark set withdraws. */
function takingOf({ settings, backing }: Doorway, found: Found, mark: Mark | undefined): Taking {
  return {
    atOnce: true,
    take: async (visit, opened, change) => {
      const draft = await change.draft(opened)
      const kept = await backing.create(...entering(visit, draft))
      if (!mark || (await mark.claim(kept.found.id, settings.now())) === kept.found.id) return kept
      await backing.remove(kept.found)
      return undefined
    },
    end: async () => {
      const by = await mark?.claim('', settings.now())
      if (by) await backing.remove({ ...found, id: by })
    },
  }
}

/** Whoever comes without a login is held up by every revocation of its owner's sessions, however old. */
function entering(visit: Visit, draft: Draft): [Visit, Draft] {
  return draft.login
    ? [visit, draft]
    : [
        { ...visit, startedAt: 0 },
        { ...draft, login: true },
      ]
}

/** Taken over or ended before. Shortly after, it may be a parallel request, which must not replace the new cookie. */
function spent(
  { settings }: Doorway,
  { startedAt }: Visit,
  found: Found,
  taking: Taking,
  at: number,
  from: string,
): Opened {
  const late = startedAt < at + settings.grace
  const facts = { from }
  return { outcome: 'superseded', facts, ...(late && { late, remains: found, taking }) }
}

async function barred({ owners }: Doorway, { head }: Found): Promise<boolean> {
  return head.owner !== undefined && ((await owners?.bars(head.owner, '', 0)) ?? false)
}

/** Without a store of sessions: whether there is a list of what has ended, and it is there. */
async function ended({ store, backing }: Doorway, found: Found): Promise<boolean> {
  return !store && !(await backing.reload(found))
}

function hash(label: string, { settings }: Doorway, ...parts: readonly string[]): Awaitable<string> {
  return engine().sha256(frame(label, settings.audience, ...parts))
}
