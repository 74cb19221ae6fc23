import type { Line } from '../../src/core/line.ts'
import { readRecord } from '../../src/core/record.ts'
import type { Stored } from '../../src/index.ts'
import { generationOf, tokenOf } from './cookies.ts'
import type { LineModel, Sent } from './line-model.ts'
import type { Call } from './scheduler.ts'

export const HOUR = 3_600_000

/** Everything that the future of a model depends on. */
export async function keyOf(model: LineModel): Promise<string> {
  const { base, gate } = model.world.bench
  const record = await gate.inner.get(base.id)
  const line = await model.line()
  return JSON.stringify([
    line && shapeOf(line),
    line && record && timesOf(model.world.now, line, record),
    model.underWay.map((sent) => JSON.stringify(stateOf(model, sent))).sort(),
    gate.waiting.filter(({ ghost }) => ghost).map(callOf),
    [model.tokens.browser, model.tokens.thief].map(naming),
    [model.stolen, model.rotations, model.rests],
    model.waiting.map(({ who, op }) => who + op.name),
    model.arrived,
    [...new Set(model.ended.map(({ who, reply }) => who + reply.outcome))].sort(),
  ])
}

export function inGrace(now: number, { former }: Line): boolean {
  return former !== undefined && now < former.until
}

export function isDue(now: number, { since }: Line): boolean {
  return now >= since + HOUR
}

/** How far the limits are: of rotation, of the grace, and of idling. */
function timesOf(now: number, line: Line, { expires, version }: Stored): unknown[] {
  return [Math.min(now - line.since, HOUR), inGrace(now, line), expires.getTime() - now, version]
}

function stateOf({ world }: LineModel, { who, reply }: Sent): unknown[] {
  const { actor, op, presented, loaded, cookies } = reply
  const call = world.bench.gate.waiting.find((call) => call.actor === actor && !call.ghost)
  const token = naming(tokenOf(cookies))
  return [who, op.name, naming(presented), loaded?.epoch, call && callOf(call), token, cookies.length]
}

/** The generation names a secret: of two next ones proposed, only one is ever written. */
function naming(token: string | undefined): number | undefined {
  return token === undefined ? undefined : generationOf(token)
}

function shapeOf({ generation, base, pending, former }: Line): unknown[] {
  return [generation, base, pending !== undefined, former !== undefined]
}

function callOf({ name, write }: Call): unknown[] {
  const line = write && readRecord(write.value)?.short.t
  return [name, write?.version, line && shapeOf(line)]
}
