import { randomUUID } from 'node:crypto'
import { type Answer, WINDOW } from './app/app.ts'
import { ask, type Site } from './ask.ts'
import { Jar } from './jar.ts'
import type { Loss } from './tally.ts'

/** A session that was ended: the cookie it had. */
export interface Departed extends Loss {
  readonly cookie: string
}

/** One client, which does one thing after the other and knows what it was told. */
export class Visitor {
  readonly departed: Departed[] = []
  readonly #site: Site
  readonly #name: string
  #jar = new Jar()
  #mine = ''
  #entered: Loss | undefined
  #leaving = false
  #steps: number
  #change = 0
  /** The counter when it was last acknowledged. */
  #count = 0
  /** When each of the last changes was acknowledged, by its number. */
  readonly #acknowledged = new Map<number, number>()
  /** The changes that were found counted twice. */
  readonly #twice = new Set<number>()

  constructor(site: Site, number: number) {
    this.#site = site
    this.#name = `client-${number}`
    this.#steps = number
  }

  /** Three changes, then two looks; once in a hundred steps a logout. */
  async step(): Promise<void> {
    if (!this.#entered) return this.#enter()
    this.#steps++
    if (this.#leaving || this.#steps % 100 === 0) return this.#leave()
    if (this.#steps % 5 < 3) return this.#add()
    await this.look()
  }

  /** Whether the app answered; if so, what it said has been compared. */
  async look(): Promise<boolean> {
    if (!this.#entered || this.#leaving) return true
    const answer = await this.#ask('GET', '/look')
    return answer !== undefined && this.#recognised(answer)
  }

  /** Tries the cookie of a session that this client ended. */
  async haunt({ cookie, id, at }: Departed): Promise<boolean> {
    const answer = await ask(this.#site, 'GET', '/look', cookie)
    if (answer?.owner !== undefined) this.#site.tally.resurrected.push({ id, at })
    return answer !== undefined
  }

  async #enter(): Promise<void> {
    this.#mine = randomUUID()
    const query = new URLSearchParams({ name: this.#name, mine: this.#mine })
    const answer = await this.#ask('POST', `/enter?${query}`)
    if (!answer) return
    this.#site.tally.acknowledged++
    this.#entered = { id: answer.id, at: Date.now() }
    this.#acknowledged.clear()
    this.#count = 0
  }

  async #add(): Promise<void> {
    const change = ++this.#change
    const answer = await this.#ask('POST', `/count?change=${change}`)
    if (!answer || !this.#recognised(answer)) return
    this.#site.tally.acknowledged++
    this.#count = answer.count ?? 0
    this.#acknowledged.set(change, Date.now())
    this.#acknowledged.delete(change - 2 * WINDOW)
  }

  async #leave(): Promise<void> {
    this.#leaving = true
    const cookie = this.#jar.copied
    const answer = await this.#ask('POST', '/leave')
    if (!answer) return
    this.#site.tally.acknowledged++
    this.#site.tally.left++
    this.departed.push({ id: this.#entered?.id ?? '', at: Date.now(), cookie })
    this.#leaving = false
    this.#entered = undefined
  }

  /** Compares an answer with all that this client knows of its session. */
  #recognised({ owner, mine, count = 0, seen = [] }: Answer): boolean {
    const { tally } = this.#site
    const session = this.#entered ?? { id: '', at: 0 }
    if (owner === undefined) {
      tally.loggedOut.push(session)
      for (const at of this.#acknowledged.values()) tally.lost.push({ id: session.id, at })
      this.#jar = new Jar()
      this.#entered = undefined
      return false
    }
    if (owner !== this.#name || mine !== this.#mine) tally.crossed++
    const missing = this.#missing(seen)
    const behind = missing.length === 0 && count < this.#count ? this.#count - count : 0
    for (const at of missing) tally.lost.push({ id: session.id, at })
    for (let lost = 0; lost < behind; lost++) tally.lost.push({ id: session.id, at: Date.now() })
    const twice = seen.filter((it, at) => seen.indexOf(it) < at && !this.#twice.has(it))
    for (const change of twice) this.#twice.add(change)
    tally.twice += twice.length
    this.#count = Math.min(count, this.#count)
    return true
  }

  /**
   * When those changes were acknowledged that ought to be among those seen. One that slid out of the window has nearly
   * a whole window of later ones behind it; nearly, as a change that nobody waited for may land late.
   */
  #missing(seen: readonly number[]): number[] {
    const missing = [...this.#acknowledged].filter(
      ([change]) => !seen.includes(change) && seen.filter((it) => it > change).length < WINDOW / 2,
    )
    for (const [change] of missing) this.#acknowledged.delete(change)
    return missing.map(([, at]) => at)
  }

  async #ask(method: 'GET' | 'POST', path: string): Promise<Answer | undefined> {
    return ask(this.#site, method, path, this.#jar.header, (lines) => this.#jar.take(lines))
  }
}
