import { equalBytes } from './core/bytes.ts'
import { formField } from './csrf/form-field.ts'
import { mask, unmask } from './csrf/mask.ts'
import { refuseOddOptions } from './csrf/odd-options.ts'
import { opensWebSocket, sourceOf } from './csrf/origin.ts'
import type { JsonShape, RequestLike, Session, SessionManager } from './index.ts'

/** Why a request was refused. */
export type CsrfFailure =
  /** The browser says that a page of another origin sent it. */
  | 'cross-origin'
  /** A token was needed, and there was none. */
  | 'no-token'
  /** The token is another session's, another form's, from before the last login, or none of ours. */
  | 'bad-token'

/** Options of {@link csrf}. */
export interface CsrfOptions {
  /** When a token is needed: `unsure`, where the browser does not say that our own page sent it, or `always`. @default 'unsure' */
  readonly tokens?: 'unsure' | 'always'
  /** Other origins whose pages may send forms and requests here: `['https://app.example']`. @default none */
  readonly origins?: readonly string[]
  /** Header that a script sends its token in. @default 'x-csrf-token' */
  readonly header?: string
  /** Field that a form sends its token in, among the first 64 KiB of it. @default '_csrf' */
  readonly field?: string
  /** Requests that are let through unasked: webhooks, whose senders sign them. @default none */
  readonly allow?: (request: RequestLike) => boolean
  /** Answers in place of the handler; without an answer the request goes on, and was only reported. @default a plain 403 */
  readonly onFailure?: (
    request: RequestLike,
    failure: CsrfFailure,
  ) => Response | undefined | Promise<Response | undefined>
}

/** The form that a token is for. */
export interface Form {
  /** Its action: the path that it is sent to. */
  readonly path: string
  /** @default 'POST' */
  readonly method?: string
}

/** What is used of Hono's context. */
interface HonoContext {
  readonly req: { readonly raw: Request }
}

/** Keeps other sites from sending forms in a visitor's name. */
export interface Csrf<Opened> {
  /**
   * A token for a page of this session, under a new mask each time. With `form` it is good for that form alone.
   * A visitor who has no session yet gets one: it is a write, so pages for everybody better do without.
   *
   * @throws {SessionError} `too_late` after the commit of a session that was not kept.
   */
  token(session: Opened, form?: Form): Promise<string>
  /**
   * The refusal of a request that may be another site's; `undefined` when it may go on. GET, HEAD, OPTIONS and TRACE
   * always may, but for the GET that opens a WebSocket: its `Origin` decides. The body is left for the handler.
   *
   * @param given the token, where the body has been read already
   * @throws {SessionError} `store_unavailable`, as `load` does.
   */
  check(request: RequestLike, given?: string): Promise<Response | undefined>
  /** The same as Hono middleware: `app.use(forms.middleware)`. */
  readonly middleware: (c: HonoContext, next: () => Promise<void>) => Promise<Response | undefined>
}

const SAFE = ['GET', 'HEAD', 'OPTIONS', 'TRACE']

/**
 * Protection from cross-site request forgery, by what browsers say of themselves and by tokens of the session.
 *
 * ```ts
 * const forms = csrf(sessions)
 * const refused = await forms.check(request)
 * if (refused) return refused
 * ```
 *
 * @throws {SessionError} `config` for options that can't be meant.
 */
export function csrf<Data extends JsonShape<Data>, Flash extends JsonShape<Flash>>(
  sessions: SessionManager<Data, Flash>,
  options: CsrfOptions = {},
): Csrf<Session<Data, Flash>> {
  const { tokens = 'unsure', origins = [], header = 'x-csrf-token', field = '_csrf', allow } = options
  refuseOddOptions(options, { tokens, origins, header, field })

  async function failureOf(
    request: RequestLike,
    given: string | undefined,
  ): Promise<CsrfFailure | undefined> {
    const source = sourceOf(request, origins)
    if (source === 'elsewhere') return 'cross-origin'
    // no page can send a token with a WebSocket
    if (source === 'ours' && (tokens === 'unsure' || opensWebSocket(request))) return undefined
    const text = given ?? request.headers.get(header) ?? (await fieldIn(request, field))
    if (!text) return 'no-token'
    return (await isGenuine(request, text)) ? undefined : 'bad-token'
  }

  async function isGenuine(request: RequestLike, text: string): Promise<boolean> {
    const token = unmask(text)
    const session = token && (await sessions.load(request))
    if (!session || session.isNew) return false
    const anywhere = await sessions.derive(session, 'csrf')
    const here = await sessions.derive(session, 'csrf', request.method, pathOf(request.url))
    return [...anywhere, ...here].some((genuine) => equalBytes(genuine, token))
  }

  async function check(request: RequestLike, given?: string): Promise<Response | undefined> {
    const reads = SAFE.includes(request.method) && !opensWebSocket(request)
    // a promise says nothing yet
    if (reads || allow?.(request) === true) return undefined
    const failure = await failureOf(request, given)
    if (failure === undefined) return undefined
    return options.onFailure ? options.onFailure(request, failure) : forbidden()
  }

  return {
    check,
    async token(session, form) {
      const purpose = form ? [(form.method ?? 'POST').toUpperCase(), pathOf(form.path)] : []
      const [token] = await sessions.derive(session, 'csrf', ...purpose)
      return mask(token as Uint8Array)
    },
    async middleware({ req }, next) {
      const refused = await check(req.raw)
      if (!refused) await next()
      return refused
    },
  }
}

function fieldIn(request: RequestLike, field: string): Promise<string | undefined> | undefined {
  return 'clone' in request ? formField(request as Request, field) : undefined
}

/** What is signed has a limit; no form is told from another by what comes after this. */
const LONGEST_PATH = 8_192

/** Without query and fragment. A Host header that is none makes a URL that is none. */
function pathOf(url: string): string {
  try {
    return new URL(url, 'https://here.invalid').pathname.slice(0, LONGEST_PATH)
  } catch {
    return ''
  }
}

function forbidden(): Response {
  return new Response(
    'This form is of another site, or too old. Load the page again and send it once more.',
    {
      status: 403,
      headers: { 'cache-control': 'no-store' },
    },
  )
}
