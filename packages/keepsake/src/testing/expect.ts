/** Throws an `AssertionError` unless both are the same when written as JSON. */
export function expectSame(actual: unknown, expected: unknown, what: string): void {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (got === wanted) return
  const error = new Error(`${what}: expected ${shorten(wanted)}, got ${shorten(got)}`)
  error.name = 'AssertionError'
  throw error
}

function shorten(text: string | undefined): string {
  return text === undefined || text.length <= 200
    ? String(text)
    : `${text.slice(0, 200)}… (${text.length} characters)`
}
