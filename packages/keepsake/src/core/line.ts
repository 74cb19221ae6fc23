import { type Awaitable, chain } from './awaitable.ts'
import { equalText, frame, fromBase64url, randomBytes, toBase64url } from './bytes.ts'
import { engine, type MacKey } from './crypto.ts'
import { type Realm, type Token, verifierOf } from './token.ts'

/**
 * The line of secrets that one session's clients hold, one after the other. It lives inside the record,
 * so that every change of a token is a compare-and-set of that one record.
 */
export interface Line {
  /** Recognises the current secret. */
  readonly verifier: string
  readonly generation: number
  /** Generation of the last login or regenerate: what is older was retired by it, not stolen. */
  readonly base: number
  /** When the current secret took over, ms since the epoch. */
  readonly since: number
  /** A next secret, derivable by whoever presents the current one; nobody has shown it yet. */
  readonly pending?: {
    readonly salt: string
    readonly key?: string
    readonly verifier: string
    readonly at: number
  }
  /** The secret before this one: good until `until`, a sign of reuse after it. */
  readonly former?: { readonly verifier: string; readonly until: number }
}

const LABEL = 'keepsake/rotate'
const NONE = new Uint8Array(0)

/** How a token stands to a line. */
export type Standing = 'current' | 'pending' | 'former' | 'reused' | 'superseded' | 'ahead' | 'unknown'

/**
 * What a token is to this line. `authentic` says that its MAC was checked: only then do generations tell
 * a retired secret; without it just the last retired verifier does.
 */
export function standing(
  line: Line,
  token: Token,
  verifier: string,
  authentic: boolean,
  now: number,
): Standing {
  if (equalText(line.verifier, verifier)) return 'current'
  if (line.pending && equalText(line.pending.verifier, verifier)) return 'pending'
  if (line.former && equalText(line.former.verifier, verifier))
    return now < line.former.until ? 'former' : 'reused'
  if (!authentic) return 'unknown'
  if (token.generation < line.base) return 'superseded'
  if (token.generation < line.generation) return 'reused'
  return token.generation > line.generation ? 'ahead' : 'unknown'
}

/** The verifiers of all secrets that open the record. */
export function openers({ verifier, pending, former }: Line, now: number): string[] {
  return [
    verifier,
    ...(pending ? [pending.verifier] : []),
    ...(former && now < former.until ? [former.verifier] : []),
  ]
}

/** The generation a login or regenerate starts: above anything that was ever handed out. */
export function nextGeneration(line: Line): number {
  return line.generation + (line.pending ? 2 : 1)
}

/** A line that only this verifier opens. */
export function freshLine(verifier: string, generation: number, now: number): Line {
  return { verifier, generation, base: generation, since: now }
}

/** The pending secret was shown: it is the current one, its predecessor stays good for the grace. */
export function confirm(line: Line, now: number, grace: number): Line {
  if (!line.pending) return line
  return {
    verifier: line.pending.verifier,
    generation: line.generation + 1,
    base: line.base,
    since: now,
    former: { verifier: line.verifier, until: now + grace },
  }
}

/** Is it time for a next secret? Never while one is pending or a former one still opens the record. */
export function rotationDue(line: Line, now: number, rotateEvery: number | undefined): boolean {
  if (rotateEvery === undefined || line.pending) return false
  return now >= line.since + rotateEvery && !(line.former && now < line.former.until)
}

/** The line with a next secret pending, derived from the presented one. */
export function propose(realm: Realm, line: Line, presented: Token, now: number): Awaitable<Line> {
  const { ring } = realm
  const pending = {
    salt: toBase64url(randomBytes(16)),
    at: now,
    ...(ring && { key: toBase64url(ring.first.idBytes) }),
  }
  const key = ring ? ring.first.mac(LABEL) : engine().macKey(presented.secret)
  return chain(successor(key, line, presented, pending), (token) =>
    chain(verifierOf(realm, token), (verifier) => ({ ...line, pending: { ...pending, verifier } })),
  )
}

/** The pending token, for whoever presented the current one; `undefined` if its key has left the ring. */
export function handOut(
  { ring }: Pick<Realm, 'ring'>,
  line: Line,
  presented: Token,
): Awaitable<Token> | undefined {
  const { pending } = line
  if (!pending) return undefined
  const key = ring
    ? ring.find(fromBase64url(pending.key ?? '') ?? NONE)?.mac(LABEL)
    : engine().macKey(presented.secret)
  return key && successor(key, line, presented, pending)
}

function successor(
  key: Awaitable<MacKey>,
  line: Line,
  presented: Token,
  pending: { readonly salt: string; readonly at: number },
): Awaitable<Token> {
  const { id, secret } = presented
  const framed = frame(LABEL, secret, pending.salt)
  return chain(key, (mac) =>
    chain(engine().mac(mac, framed), (next) => ({
      id,
      generation: line.generation + 1,
      issuedAt: pending.at,
      secret: next,
    })),
  )
}
