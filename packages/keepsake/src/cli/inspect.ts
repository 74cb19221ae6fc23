import { parseArgs } from 'node:util'
import { LONGEST, milliseconds } from '../core/duration.ts'
import { snapshotName } from '../core/side-cookies.ts'
import type { Duration } from '../index.ts'
import type { Command } from './command.ts'
import { usage } from './failure.ts'
import { faultOf } from './inspect/fault.ts'
import { drawn, type Finding, isGood, type Report, readable } from './inspect/finding.ts'
import { inspectForeign } from './inspect/foreign.ts'
import { cookiesIn, type GivenCookie } from './inspect/input.ts'
import { inspectJwt } from './inspect/jwt.ts'
import { type Question, USUAL_NAMES } from './inspect/question.ts'
import { inspectSeal } from './inspect/seal.ts'
import { inspectToken } from './inspect/token.ts'
import { piped } from './piped.ts'

/** `keepsake inspect` */
export const inspect: Command = {
  usage: `Usage: npx keepsake inspect [<cookie>]

Says what a cookie is, ours or one that keepsake/import reads: its kind, key id,
id, times and size, and why it does not open. With the secret also whether it
is genuine, and what is in it. Takes a value, name=value, a Cookie header or a
Set-Cookie line, as an argument or on a pipe. Exit code 1 if it does not open.

  --secret     a secret of the app, once or more; SESSION_SECRET in the
               environment says the same, and other users of this machine do
               not see it there
  --name       the cookie's name, if only its value is given; of several
               cookies, the one that is meant
  --audience   the app's audience, if it has one
  --purpose    the purpose, of what sessions.seal(purpose, …) made
  --lifetime   the app's lifetime, to be told what that has ended
  --jwk        the key of a JSON Web Token; or SESSION_JWK
  --issuer     the issuer of an encrypted JSON Web Token
  --json       as JSON: a list with one object for each cookie

Neither secrets nor the secret part of a token are ever printed. The data is.
`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      options: {
        secret: { type: 'string', multiple: true },
        name: { type: 'string' },
        audience: { type: 'string', default: '' },
        purpose: { type: 'string' },
        lifetime: { type: 'string' },
        jwk: { type: 'string' },
        issuer: { type: 'string' },
      },
      allowPositionals: true,
    })
    if (positionals.length > 1) throw usage('inspect takes one cookie, in quotes.')
    const cookies = cookiesIn(positionals[0] ?? (await piped()) ?? '')
    if (cookies.length === 0) throw usage('inspect takes a cookie, as an argument or on a pipe.')
    const { SESSION_SECRET, SESSION_JWK } = process.env
    const { audience, purpose, issuer, name, lifetime } = values
    const known = {
      jar: new Map(
        cookies.flatMap(({ name, value }) => (name === undefined ? [] : [[name, value] as const])),
      ),
      secrets: values.secret ?? (SESSION_SECRET ? [SESSION_SECRET] : []),
      jwk: values.jwk ?? (SESSION_JWK || undefined),
      ...{ audience, purpose, issuer, name },
      lifetime: lifetime === undefined ? LONGEST : milliseconds('--lifetime', lifetime as Duration),
      now: Date.now(),
    }
    const reports = await reportsOn(cookies, known)
    return {
      exit: reports.every(isGood) ? 0 : 1,
      json: reports.map(readable),
      text: (paper) => reports.map((report) => drawn(paper, report)).join('\n'),
    }
  },
}

/** Of all cookies of a header, those that are somebody's session; if none is, those that should be. */
async function reportsOn(
  cookies: readonly GivenCookie[],
  known: Omit<Question, 'cookie'>,
): Promise<Report[]> {
  const { name, jar } = known
  const wholes = cookies.filter(({ name }) => !isSignature(name, jar) && !isPart(name, jar))
  const meant = wholes.filter((cookie) => name === undefined || isOf(name, cookie.name))
  if (meant.length === 0) throw usage(`There is no cookie ${name} among them.`)
  const reports: Report[] = []
  for (const cookie of meant) {
    const report = await reportOn({ ...known, cookie })
    const isOurs = meant.length === 1 || name !== undefined || USUAL_NAMES.includes(cookie.name ?? '')
    if (report.library !== NOBODY || isOurs) reports.push(report)
  }
  if (reports.length > 0) return reports
  throw usage('None of these cookies is a session that Keepsake knows; --name says which is meant.')
}

/** cookie-session keeps the signature in a cookie beside. */
function isSignature(name = '', jar: Question['jar']): boolean {
  return name.endsWith('.sig') && jar.has(name.slice(0, -4))
}

/** h3 2 keeps a large session in parts, `name.1` and so on, which `name` counts. */
function isPart(name = '', jar: Question['jar']): boolean {
  const whole = /^(.+)\.[1-4]$/.exec(name)?.[1]
  return whole !== undefined && jar.get(whole)?.startsWith('__chunked__') === true
}

/** A cookie without a name, that of this name, or the snapshot beside it. */
function isOf(name: string, found = name): boolean {
  return found === name || found === snapshotName(name)
}

const NOBODY = 'nobody'

async function reportOn(question: Question): Promise<Report> {
  const { name, value } = question.cookie
  const finding = (await recognised(question)) ?? unknown(value)
  const size = Buffer.byteLength(`${name ?? ''}${value}`)
  return { ...(name !== undefined && { cookie: name }), ...finding, size }
}

async function recognised(question: Question): Promise<Finding | undefined> {
  const ours = (await inspectSeal(question)) ?? (await inspectToken(question)) ?? (await inspectJwt(question))
  // a token of Rack may look like a seal of a time that never was
  const isDoubtful = ours === undefined || isOutOfTime(ours, question.now)
  return (isDoubtful ? await inspectForeign(question) : undefined) ?? ours
}

function isOutOfTime({ period, state }: Finding, now: number): boolean {
  const known = state === 'opens' || state === 'tampered'
  return period !== undefined && !known && (period > now + 3_600_000 || period < now - LONGEST - 3_600_000)
}

function unknown(value: string): Finding {
  const fault = faultOf(value)
  return {
    library: fault === undefined ? NOBODY : 'keepsake',
    kind: 'not recognised',
    state: 'malformed',
    problem: fault ?? 'Of no form that Keepsake or keepsake/import reads.',
    remedy: 'If it was copied, copy all of it. If another app on this host uses its name, rename one.',
  }
}
