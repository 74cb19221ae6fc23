import { isDeepStrictEqual } from 'node:util'
import type { Content, Op } from './requests.ts'
import type { Effect } from './scheduler.ts'
import { type Seen, seenIn } from './seen.ts'
import type { Reply, World } from './world.ts'

interface Write {
  readonly before: Seen | undefined
  readonly after: Seen
}

const NOTHING: Content = { data: {}, flash: {} }

/** Each write is the request's own change on exactly what was there, and on no session newer than it had loaded. */
export function judgeWrites({ bench }: World, reply: Reply): string[] {
  const { actor, op, loaded, status } = reply
  const { history } = bench.gate
  const writes = history.filter((effect) => effect.actor === actor).flatMap(writeOf)
  const found = writes.flatMap((write) =>
    write.before ? change(op, actor, write.before, write.after, loaded) : creation(op, actor, write.after),
  )
  const counted = writes.filter((write) => counts(op, actor, write)).length
  if (counted > 1) found.push(`${actor} was counted ${counted} times`)
  if (status === 'ok' && counted === 0 && hadToWrite(op, reply, history))
    found.push(`${actor} was told ok, and nothing was saved`)
  return found
}

/** What deletes must want to. */
export function judgeDeletes(world: World, { actor, op }: Reply): string[] {
  const deletes = world.bench.gate.history.some(
    (effect) => effect.actor === actor && effect.name === 'delete',
  )
  return deletes && !op.ends && op.login === undefined ? [`${actor} deleted a session`] : []
}

/** Deleted records stay deleted. */
export function judgeGraves({ bench }: World): string[] {
  const dead = new Set<string>()
  const found: string[] = []
  for (const { actor, name, id, after } of bench.gate.history) {
    if (dead.has(id) && after) found.push(`${actor} brought a deleted session back by ${name}`)
    if (name === 'delete') dead.add(id)
  }
  return found
}

function creation(op: Op, actor: string, after: Seen): string[] {
  const found: string[] = []
  if (!isDeepStrictEqual(after.content, applied(op, actor, NOTHING)))
    found.push(`${actor} carried something into a new session`)
  if (after.owner !== op.login) found.push(`${actor} gave a new session to ${after.owner}`)
  return found
}

function change(op: Op, actor: string, before: Seen, after: Seen, loaded: Seen | undefined): string[] {
  const found: string[] = []
  const expected = [before.content, applied(op, actor, before.content)]
  if (before.epoch !== loaded?.epoch) found.push(`${actor} wrote into a session newer than it had loaded`)
  if (!expected.some((content) => isDeepStrictEqual(after.content, content)))
    found.push(`${actor} lost or brought back data: ${JSON.stringify(after.content)}`)
  if ((op.reissues ?? false) !== (before.epoch !== after.epoch)) found.push(`${actor} set a wrong epoch`)
  if (after.owner !== (op.login ?? before.owner)) found.push(`${actor} changed the owner`)
  return found
}

function counts(op: Op, actor: string, { before, after }: Write): boolean {
  if (!before) return true
  const changed = op.change !== undefined && !isDeepStrictEqual(before.content, after.content)
  const reissued = before.epoch !== after.epoch
  return (changed && isDeepStrictEqual(after.content, applied(op, actor, before.content))) || reissued
}

/** To remove what others have removed meanwhile is no change, nor is a new token for an empty session. */
function hadToWrite(op: Op, { actor, loaded, since }: Reply, history: readonly Effect[]): boolean {
  if (op.reissues && loaded) return true
  const later = history
    .slice(since)
    .flatMap(({ id, after }) => (id === loaded?.id ? (seenIn(id, after) ?? []) : []))
  const idle = [loaded ?? { content: NOTHING }, ...later].some(({ content }) =>
    isDeepStrictEqual(applied(op, actor, content), content),
  )
  return op.change !== undefined && !idle
}

function writeOf({ name, id, before, after, done }: Effect): Write[] {
  const written = done && (name === 'create' || name === 'update') ? seenIn(id, after) : undefined
  return written ? [{ before: seenIn(id, before), after: written }] : []
}

function applied(op: Op, actor: string, content: Content): Content {
  const copy = structuredClone(content)
  op.change?.(copy, actor)
  return copy
}
