import { spawnSync } from 'node:child_process'
import { createServer } from 'node:net'

/**
 * Whether the programs that a suite needs are installed; says aloud where they aren't.
 * With KEEPSAKE_REQUIRE_SERVICES=1 that is an error, so that nothing goes untested unseen.
 */
export function installed(...programs: readonly string[]): boolean {
  return complete(programs.filter((program) => spawnSync(program, ['--version']).error !== undefined))
}

/** As {@link installed}, for libraries of Ruby. */
export function installedForRuby(...libraries: readonly string[]): boolean {
  const missing = libraries.filter((library) => spawnSync('ruby', ['-r', library, '-e', '']).status !== 0)
  return complete(missing.map((library) => `${library} for ruby`))
}

function complete(missing: readonly string[]): boolean {
  if (missing.length === 0) return true
  const message = `not installed, so its tests do not run: ${missing.join(', ')}`
  if (process.env.KEEPSAKE_REQUIRE_SERVICES === '1') throw new Error(message)
  process.stderr.write(`\n${message}\n`)
  return false
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
