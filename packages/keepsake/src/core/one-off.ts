import { randomBytes } from './bytes.ts'
import { clearCookie, planCookie, readCookies, writeCookie } from './cookie.ts'
import { type Duration, LONGEST, milliseconds } from './duration.ts'
import { SessionError } from './errors.ts'
import type { Json } from './json.ts'
import { encode } from './json.ts'
import type { RequestLike } from './loopback.ts'
import { PROTECTIONS, type SealContext, seal, unseal } from './seal.ts'
import type { Settings } from './settings.ts'

const LONGEST_TOKEN = 4096

/** A short-lived cookie that comes back with cross-site requests too. */
export interface Transient<Value> {
  /** The Set-Cookie value that keeps `value` in this browser. */
  set(value: Value): Promise<string>
  /** What is in the request's cookie; `undefined` if it is absent, expired, altered or made for something else. */
  get(request: RequestLike): Promise<Value | undefined>
  /** The Set-Cookie value that makes the browser forget it. */
  clear(): string
}

/** Seals values for one purpose; a seal of another purpose never opens, nor does a session's. */
export class OneOffs {
  readonly #settings: Settings

  constructor(settings: Settings) {
    this.#settings = settings
  }

  async seal(purpose: string, value: Json, ttl: Duration): Promise<string> {
    const now = this.#settings.now()
    const content = {
      id: randomBytes(16),
      createdAt: now,
      issuedAt: now,
      expiresAt: now + milliseconds('ttl', ttl),
      revision: 0,
      persistent: true,
      json: encode('value', { value }),
    }
    const token = await seal(this.#context(purpose), content, now)
    if (token.length <= LONGEST_TOKEN) return token
    throw new SessionError(
      'too_large',
      `seal: ${token.length} characters, at most ${LONGEST_TOKEN} are possible.`,
      {
        size: token.length,
        limit: LONGEST_TOKEN,
      },
    )
  }

  async unseal(purpose: string, token: string): Promise<Json | undefined> {
    const now = this.#settings.now()
    const opened = await unseal(this.#context(purpose), token, now, LONGEST)
    if (!('content' in opened) || now >= opened.content.expiresAt) return undefined
    return (JSON.parse(opened.content.json) as { value: Json }).value
  }

  /** The cookie is always Secure, as SameSite=None must be; Chromium and Firefox take it on http://localhost too. */
  transient<Value extends Json>(purpose: string, ttl: Duration): Transient<Value> {
    const name = `__Host-Http-transient-${purposeOf(purpose)}`
    const cookie = planCookie({ name, sameSite: 'none', secure: true }).secure
    const inner = `transient:${purpose}`
    return {
      set: async (value) =>
        writeCookie(cookie, await this.seal(inner, value, ttl), milliseconds('ttl', ttl) / 1000),
      get: async (request) => {
        const { values } = readCookies(request.headers.get('cookie'), name)
        return values.length === 1
          ? ((await this.unseal(inner, values[0] as string)) as Value | undefined)
          : undefined
      },
      clear: () => clearCookie(cookie),
    }
  }

  #context(purpose: string): SealContext {
    const { ring, audience } = this.#settings
    if (!ring)
      throw new SessionError(
        'not_supported',
        'seal and transient need secrets; `npx keepsake secret` makes one.',
      )
    return { ring, name: '', purpose: `one-off:${purpose}`, audience, protection: PROTECTIONS.encrypt }
  }
}

function purposeOf(purpose: string): string {
  if (/^[a-z][a-z0-9-]{0,31}$/.test(purpose)) return purpose
  throw new TypeError('purpose: expected up to 32 lower-case letters, digits and dashes, a letter first')
}
