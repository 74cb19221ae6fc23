/** The cookies of one client. */
export class Jar {
  readonly #cookies = new Map<string, string>()

  /** The value of the header `Cookie`. */
  get header(): string {
    return Array.from(this.#cookies, ([name, value]) => `${name}=${value}`).join('; ')
  }

  /** The session's cookie alone, as somebody might have copied it. */
  get copied(): string {
    return this.header.split('; ').find((cookie) => !cookie.includes('-ended=')) ?? ''
  }

  take(lines: readonly string[] = []): void {
    for (const line of lines) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (/;\s*max-age=0\b/i.test(line)) this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
  }
}
