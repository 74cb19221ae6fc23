import { SessionError } from './errors.ts'

/**
 * Refuses option names that don't exist, naming the one that was probably meant.
 *
 * `hints` are sentences for names people bring from elsewhere, under their lower-case letters: `httponly`, `maxage`.
 *
 * @throws {SessionError} `config`
 */
export function refuseUnknownKeys(
  where: string,
  options: object,
  known: readonly string[],
  hints: ReadonlyMap<string, string> = new Map(),
): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue
    const hint = hints.get(letters(key)) ?? suggestion(key, known)
    throw new SessionError('config', `${where}.${key} is not an option: ${hint}`)
  }
}

function suggestion(key: string, known: readonly string[]): string {
  const ranked = known.map((name) => ({ name, edits: distance(letters(key), letters(name)) }))
  const nearest = ranked.sort((a, b) => a.edits - b.edits)[0]
  return nearest !== undefined && nearest.edits <= 2
    ? `did you mean ${nearest.name}?`
    : `there are ${known.join(', ')}`
}

function letters(key: string): string {
  return key.toLowerCase().replace(/[-_]/g, '')
}

/** Levenshtein distance, one row at a time. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (letter === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
