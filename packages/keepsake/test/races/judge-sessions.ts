import { tokenOf } from './cookies.ts'
import { OTHER, OWNER } from './requests.ts'
import type { Effect } from './scheduler.ts'
import { type Seen, seenIn } from './seen.ts'
import type { World } from './world.ts'

/** What is left when all requests have ended, and what opens it. */
export async function judgeSessions(world: World): Promise<string[]> {
  const parts = [judgeEndings(world), judgeTokens(world), judgeOwners(world), judgeRevocations(world)]
  return (await Promise.all(parts)).flat()
}

/** The moment that a `revokeAll` wrote down, if this call was about that. */
export function barIn({ after, before }: Effect): number | undefined {
  const { value } = after ?? before ?? {}
  return value?.startsWith('{"at":') ? (JSON.parse(value) as { at: number }).at : undefined
}

async function judgeEndings({ bench, replies }: World): Promise<string[]> {
  const found: string[] = []
  for (const { actor, op, status, loaded, answer } of replies) {
    const ended = op.name === 'destroy' ? loaded?.id : answer === true ? bench.base.id : undefined
    if (status === 'ok' && ended !== undefined && (await bench.gate.inner.get(ended)))
      found.push(`${actor} was told that a session had ended which is there`)
  }
  return found
}

/** A token opens its session as long as nothing but rotation happened to that, and never afterwards. */
async function judgeTokens(world: World): Promise<string[]> {
  const found: string[] = []
  for (const [token, seen] of held(world)) {
    const now = await world.seen(seen.id)
    const same = now?.epoch === seen.epoch
    const opens = (await world.opens(token)) !== undefined
    if (opens && !same) found.push('a token from before the last login or regenerate opens')
    if (!opens && same) found.push('a browser is locked out')
  }
  return found
}

/** Every token that any browser may hold, with the session that it once opened. */
function held({ bench, replies }: World): [string, Seen][] {
  const { id, current, pending } = bench.base
  const first = seenIn(id, bench.base)
  const sent = replies.map(({ cookies, opened }) => [tokenOf(cookies), opened] as const)
  const all = [[current, first], [pending, first], ...sent] as const
  return all.flatMap(([token, seen]) => (token && seen ? [[token, seen] as [string, Seen]] : []))
}

/** The list of an owner misses no live session, and names no other. */
async function judgeOwners(world: World): Promise<string[]> {
  const found: string[] = []
  for (const owner of [OWNER, OTHER]) {
    const listed = new Set((await world.listed(owner)).map(({ id }) => id))
    for (const { id, owner: whose } of await live(world))
      if ((whose === owner) !== listed.has(id)) found.push(`the list of ${owner} is wrong about ${id}`)
  }
  return found
}

/** A `revokeAll` that succeeded leaves no session whose login began before it. */
async function judgeRevocations(world: World): Promise<string[]> {
  const found: string[] = []
  const owned = (await live(world)).filter(({ owner }) => owner === OWNER)
  for (const { actor, op, status } of world.replies) {
    if (!op.revokes || status !== 'ok') continue
    const at = barBy(world, actor)
    for (const seen of owned) {
      const spared = op.revokes === 'others' && seen.id === world.bench.base.id
      const stands = spared || beginningOf(world, seen) > at
      if (!stands && (await reachable(world, seen))) found.push(`a session survived ${actor}`)
    }
  }
  return found
}

function barBy({ bench }: World, actor: string): number {
  const bars = bench.gate.history.filter((effect) => effect.actor === actor).map(barIn)
  return bars.findLast((at) => at !== undefined) ?? 0
}

/** When the login began that made this session what it is. */
function beginningOf({ bench, replies }: World, { id, epoch }: Seen): number {
  const maker = bench.gate.history.find(
    (effect) => effect.id === id && seenIn(id, effect.after)?.epoch === epoch,
  )
  const before = maker && seenIn(id, maker.before)?.epoch
  return before === epoch ? 0 : (replies.find(({ actor }) => actor === maker?.actor)?.startedAt ?? 0)
}

/** After a fault a record may be left whose token nobody was ever told. */
async function reachable(world: World, seen: Seen): Promise<boolean> {
  if (world.bench.gate.faulted.size === 0) return true
  for (const [token] of held(world)) if ((await world.opens(token))?.id === seen.id) return true
  return false
}

async function live(world: World): Promise<Seen[]> {
  const ids = new Set(world.bench.gate.history.map(({ id }) => id))
  const seen = await Promise.all([...ids].map((id) => world.seen(id)))
  return seen.filter((one) => one !== undefined)
}
