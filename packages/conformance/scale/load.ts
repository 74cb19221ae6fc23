import { Agent } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { Site } from './ask.ts'
import type { Backing } from './backings/backing.ts'
import { Tally } from './tally.ts'
import { Visitor } from './visitor.ts'

export interface Load {
  readonly port: number
  readonly clients: number
  readonly seconds: number
}

/** Sends all clients through a site for so long, disturbs it in the middle, and compares everything at the end. */
export async function drive(
  { port, clients, seconds }: Load,
  { disturb }: Backing,
): Promise<{ tally: Tally; disturbance: string }> {
  const site: Site = { port, agent: new Agent({ keepAlive: true, maxSockets: clients }), tally: new Tally() }
  const visitors = Array.from({ length: clients }, (_, number) => new Visitor(site, number))
  const end = Date.now() + seconds * 1_000
  const disturbance = setTimeout(seconds * 500).then(() => disturb?.() ?? 'none')
  await Promise.all([disturbance, ...visitors.map((visitor) => visit(visitor, end))])
  await Promise.all(visitors.map((visitor) => answered(() => visitor.look())))
  await Promise.all(visitors.map(haunt))
  site.agent.destroy()
  return { tally: site.tally, disturbance: await disturbance }
}

async function visit(visitor: Visitor, end: number): Promise<void> {
  while (Date.now() < end) await visitor.step()
}

/** Every session that this client has ended. */
async function haunt(visitor: Visitor): Promise<void> {
  for (const session of visitor.departed) await answered(() => visitor.haunt(session))
}

/** Asks again until there is an answer, as what nobody answers proves nothing. */
async function answered(ask: () => Promise<boolean>): Promise<void> {
  for (let round = 0; round < 20; round++) {
    if (await ask()) return
    await setTimeout(500)
  }
  throw new Error('the app does not answer any more')
}
