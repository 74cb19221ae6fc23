import { expect, it } from 'vitest'
import { MemoryStore, SessionManager } from '../../src/index.ts'
import { fakeClock } from '../../src/testing/clock.ts'
import { laggingStore } from '../../src/testing/lagging-store.ts'
import { deterministicRandomness } from '../../src/testing/randomness.ts'
import { SECRETS } from '../core/kit.ts'
import { type Choose, seeded } from './choices.ts'
import { carrying, tokenOf } from './cookies.ts'

const LAG = 60_000
const STEPS = 16
// a failing seed is run alone by KEEPSAKE_SEED=<number>
const ONE = Number(process.env.KEEPSAKE_SEED ?? 0)
const SEEDS = ONE ? [ONE] : Array.from({ length: 1_000 }, (_, i) => i + 1)

interface Device {
  readonly token: string | undefined
  /** When it was logged out. */
  ended?: number
}

/** Three devices of ada, signed in for longer than the lag. The model: a read sees what was true a lag ago. */
class Simulation {
  readonly #clock = fakeClock()
  readonly #choose: Choose
  readonly #sessions: SessionManager
  readonly #devices: Device[] = []
  readonly #trace: string[]

  constructor(seed: number) {
    const clock = this.#clock
    this.#choose = seeded(seed)
    this.#trace = [`KEEPSAKE_SEED=${seed}`]
    const store = laggingStore(new MemoryStore({ clock: clock.now }), clock, LAG / 1_000)
    this.#sessions = new SessionManager({ secrets: SECRETS[0], store, clock: clock.now, renewAfter: '1h' })
  }

  async run(): Promise<void> {
    for (let device = 0; device < 3; device++) await this.#signIn()
    this.#wait(LAG)
    const acts = [
      () => this.#wait(this.#choose(LAG)),
      () => this.#visit(false),
      () => this.#visit(false),
      () => this.#visit(true),
      () => this.#revokeAll(),
    ]
    // an end at every fourth step at most, so that its time passes
    for (let step = 0; step < STEPS; step++) await acts[this.#choose(step % 4 === 3 ? acts.length : 3)]?.()
  }

  async #signIn(): Promise<void> {
    const session = await this.#sessions.load(carrying(undefined))
    session.login('ada')
    this.#devices.push({ token: tokenOf(await this.#sessions.save(session)) })
  }

  #wait(milliseconds: number): void {
    this.#clock.set(this.#clock.now() + milliseconds)
    this.#trace.push(`${milliseconds} ms pass`)
  }

  async #visit(ends: boolean): Promise<void> {
    const at = this.#choose(this.#devices.length)
    const device = this.#devices[at] as Device
    this.#trace.push(`${at} ${ends ? 'logs out' : 'reads'}`)
    const session = await this.#sessions.load(carrying(device.token))
    const seen = device.ended === undefined || this.#clock.now() < device.ended + LAG
    expect(session.owner, this.#trace.join('\n')).toBe(seen ? 'ada' : undefined)
    if (ends) {
      session.destroy()
      device.ended ??= this.#clock.now()
    }
    await this.#sessions.save(session)
  }

  async #revokeAll(): Promise<void> {
    this.#trace.push('all are ended')
    await this.#sessions.revokeAll('ada')
    for (const device of this.#devices) device.ended ??= this.#clock.now()
  }
}

it('P8: simulated lag, at random: what was ended is seen exactly as late as that', {
  timeout: 60_000,
}, async () => {
  for (const seed of SEEDS) {
    const close = deterministicRandomness(seed)
    await new Simulation(seed).run().finally(close)
  }
  console.info(`Lag: ${SEEDS.length} schedules, seeds ${SEEDS[0]} to ${SEEDS.at(-1)}`)
})
