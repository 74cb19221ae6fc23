import type { Library } from '../../../conformance/promises/world.ts'
import { putCookies } from '../../src/core/response.ts'
import * as atRest from '../../src/encrypt-at-rest.ts'
import * as core from '../../src/index.ts'
import * as jwt from '../../src/jwt.ts'
import * as testing from '../../src/testing.ts'
import { bearer } from '../../src/transport.ts'

const NAME = '__Host-Http-session'
const ANSWER = 'session-token'

/**
 * The library with bearer tokens, for cases that are written for cookies: what they send as our cookie arrives as
 * `Authorization`, and what is answered in `Session-Token` they see as Set-Cookie. Nothing else is translated.
 */
export const library: Library = {
  ...core,
  ...atRest,
  ...jwt,
  ...testing,
  SessionManager: class extends core.SessionManager<Record<string, unknown>> {
    readonly #requests = new WeakMap<object, core.RequestLike>()

    constructor(options: core.ManagerOptions<Record<string, unknown>>) {
      super({ ...options, transport: bearer() } as typeof options)
    }

    override load(request: core.RequestLike): Promise<core.Session> {
      const known = this.#requests.get(request) ?? arriving(request)
      this.#requests.set(request, known)
      return super.load(known)
    }

    override explain(request: core.RequestLike): Promise<core.Explanation> {
      return super.explain(arriving(request))
    }

    override async save(session: never): Promise<string[]> {
      const cookies = await super.save(session)
      const headers = new Headers()
      if (this.looked(session)) await super.finish(session, headers)
      return [...cookies, ...lines(headers)]
    }

    override async finish(
      session: never,
      headers: core.HeaderTarget | (() => core.HeaderTarget),
    ): Promise<void> {
      const target = (): core.HeaderTarget => (typeof headers === 'function' ? headers() : headers)
      await super.finish(session, target)
      if (this.looked(session)) leaving(target())
    }

    override async commit(session: never, response: Response): Promise<Response> {
      const answer = await super.commit(session, response)
      if (answer !== response || response.status === 101) leaving(answer.headers)
      return answer
    }
  },
} as unknown as Library

/** Of several cookies of our name the first arrives: there is one Authorization. */
function arriving(request: core.RequestLike): core.RequestLike {
  const [pair, ...others] = (request.headers.get('cookie') ?? '').split('; ').filter(ours)
  const headers = new Headers(request instanceof Request ? request.headers : undefined)
  if (pair && others.length === 0) headers.set('authorization', `Bearer ${pair.slice(NAME.length + 1)}`)
  headers.delete('cookie')
  const { url, method } = request
  return { url, method, headers }
}

function ours(pair: string): boolean {
  return pair.startsWith(`${NAME}=`)
}

function leaving(headers: core.HeaderTarget): void {
  const told = lines(headers)
  if (told.length > 0) putCookies(headers, told)
  headers.delete(ANSWER)
  const vary = headers.get('vary')
  if (vary) headers.set('vary', vary.replace('Authorization', 'Cookie'))
}

function lines(headers: core.HeaderTarget): string[] {
  const value = headers.get(ANSWER)
  if (value === null) return []
  return [`${NAME}=${value}; ${value ? '' : 'Max-Age=0; '}Path=/; Secure; HttpOnly; SameSite=Lax`]
}
