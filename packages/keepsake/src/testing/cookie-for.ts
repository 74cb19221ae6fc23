import type { Duration, JsonShape, SessionManager } from '../index.ts'
import { earlier } from './clock.ts'

/** What a forged session holds. */
export interface ForgedSession<Data, Flash> {
  readonly data?: Partial<Data>
  readonly flash?: Partial<Flash>
  /** Logged in as this user. @default nobody */
  readonly owner?: string
  /** What `login` was told, a device for example. */
  readonly label?: string
  /** How long ago it was made and last used; the manager, and a MemoryStore, need the clock of `fakeClock()` for it. @default now */
  readonly age?: Duration
  /** Where the visitor is: `http://localhost/` gets the development cookie. @default 'https://example.test/' */
  readonly url?: string
}

/**
 * A session out of nothing, and the Cookie header of the visitor who has it. Works in every backing.
 *
 * ```ts
 * const cookie = await cookieFor(sessions, { owner: 'ada', data: { cart: ['tea'] } })
 * const response = await app.request('/cart', { headers: { cookie } })
 * ```
 * @throws {TypeError} when there is nothing to keep, or `age` is given and the clock is a real one.
 */
export function cookieFor<Data extends JsonShape<Data>, Flash extends JsonShape<Flash>>(
  sessions: SessionManager<Data, Flash>,
  forged: ForgedSession<Data, Flash>,
): Promise<string> {
  const { age } = forged
  return age === undefined ? forge(sessions, forged) : earlier(age, () => forge(sessions, forged))
}

async function forge<Data extends JsonShape<Data>, Flash extends JsonShape<Flash>>(
  sessions: SessionManager<Data, Flash>,
  { data, flash = {}, owner, label, url = 'https://example.test/' }: ForgedSession<Data, Flash>,
): Promise<string> {
  const session = await sessions.load(new Request(url))
  if (data !== undefined) session.data = data
  for (const key of Object.keys(flash) as (keyof Flash & string)[]) {
    session.flash(key, (flash as Flash)[key])
  }
  if (owner !== undefined) session.login(owner, label === undefined ? {} : { label })
  const [line] = await sessions.save(session)
  if (line === undefined)
    throw new TypeError(
      'cookieFor: give data, flash or an owner; an empty session is not kept, nor one by transport in a cookie',
    )
  return line.split(';', 1)[0] as string
}
