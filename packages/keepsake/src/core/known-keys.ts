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
  const said = letters(key)
  const meant = known.find((name) => said.startsWith(letters(name)) || letters(name).startsWith(said))
  return meant === undefined ? `there are ${known.join(', ')}` : `did you mean ${meant}?`
}

function letters(key: string): string {
  return key.toLowerCase().replace(/[-_]/g, '')
}
