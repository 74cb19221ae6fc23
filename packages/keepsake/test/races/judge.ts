import { isClearing, secretOf, tokenOf } from './cookies.ts'
import { barIn, judgeSessions } from './judge-sessions.ts'
import { judgeDeletes, judgeGraves, judgeWrites } from './judge-writes.ts'
import type { Op } from './requests.ts'
import { type Seen, seenIn } from './seen.ts'
import type { Reply, World } from './world.ts'

/** All that this schedule did wrong, in words. Nothing of it may ever happen. */
export async function judge(world: World): Promise<string[]> {
  const each = world.replies.flatMap((reply) => [
    ...judgeWrites(world, reply),
    ...judgeDeletes(world, reply),
    ...judgeStatus(world, reply),
    ...judgeCookies(reply),
  ])
  return [...each, ...judgeGraves(world), ...judgeEvents(world), ...(await judgeSessions(world))]
}

function judgeStatus(world: World, { actor, op, status, cookies, loaded, since }: Reply): string[] {
  const found: string[] = []
  const excused = status === 'store_unavailable' && world.bench.gate.faulted.has(actor)
  const turnedAway = status === 'superseded' && mayBeTurnedAway(world, op, loaded, since)
  if (status !== 'ok' && !excused && !turnedAway) found.push(`${actor} ended with ${status}`)
  const reads = !op.reissues && !op.ends && !op.change
  if (status !== 'ok' && loaded && reads) found.push(`${actor} only read, and failed`)
  if (status === 'superseded' && cookies.length > 0)
    found.push(`${actor} was superseded and still sent a cookie`)
  return found
}

/** After this request had loaded, its session was ended or got a new token; or logins like this one were barred. */
function mayBeTurnedAway({ bench }: World, op: Op, loaded: Seen | undefined, since = 0): boolean {
  if (op.login !== undefined) return bench.gate.history.some((effect) => barIn(effect) !== undefined)
  const later = bench.gate.history.slice(since).filter(({ id }) => id === loaded?.id)
  return later.some(({ id, after }) => seenIn(id, after)?.epoch !== loaded?.epoch)
}

function judgeCookies({ actor, op, cookies, presented, opened, gone }: Reply): string[] {
  const found: string[] = []
  const token = tokenOf(cookies)
  if (cookies.length > 1) found.push(`${actor} sent ${cookies.length} cookies`)
  if (cookies.some(isClearing) && op.name !== 'destroy') found.push(`${actor} cleared the cookie`)
  if (token && presented && secretOf(token) === secretOf(presented))
    found.push(`${actor} sent the secret it was shown`)
  if (token && !opened && !gone) found.push(`${actor} sent a token that was dead as it left`)
  return found
}

function judgeEvents({ bench }: World): string[] {
  const bad = bench.gate.faulted.size > 0 ? ['reused'] : ['reused', 'store-error']
  return bench.events.filter(({ type }) => bad.includes(type)).map(({ type }) => `event: ${type}`)
}
