/** A check that failed. */
export class Broken extends Error {
  override readonly name = 'Broken'
}

/** Both are the same when written as JSON, `undefined` told from `null`. */
export function same(actual: unknown, expected: unknown, what = 'value'): void {
  const [got, wanted] = [text(actual), text(expected)]
  if (got !== wanted) throw new Broken(`${what}: expected ${wanted}, got ${got}`)
}

export function ok(value: unknown, what: string): void {
  if (!value) throw new Broken(what)
}

/** `run` throws or rejects with a SessionError of this code, which is returned. */
export async function fails(code: string, run: () => unknown): Promise<Failure> {
  const thrown = await caught(run)
  if (thrown === undefined) throw new Broken(`expected ${code}, nothing was thrown`)
  const failure = thrown as Failure
  if (failure.code !== code) throw new Broken(`expected ${code}, got ${failure.code}: ${failure.message}`)
  return failure
}

/** What `run` throws or rejects with. */
export async function caught(run: () => unknown): Promise<unknown> {
  try {
    await run()
    return undefined
  } catch (thrown) {
    return thrown
  }
}

/** What a case may look at of a SessionError. */
export interface Failure extends Error {
  readonly code: string
  readonly path?: string
  readonly size?: number
  readonly limit?: number
  readonly cookies: readonly string[]
}

function text(value: unknown): string {
  return (
    JSON.stringify(value, (_, part: unknown) => (part === undefined ? '<undefined>' : part)) ?? '<undefined>'
  )
}
