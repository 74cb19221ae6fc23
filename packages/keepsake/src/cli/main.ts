#!/usr/bin/env node
import type { Command } from './command.ts'
import { exitOf, oneLine, usage } from './failure.ts'
import { inspect } from './inspect.ts'
import { list } from './list.ts'
import { paperOf } from './paper.ts'
import { revoke } from './revoke.ts'
import { secret } from './secret.ts'
import { sweep } from './sweep.ts'

const USAGE = `Usage: npx keepsake <command>

  secret          print a secret for SessionManager, or a key for keepsake/jwt
  inspect         say what a cookie is, and why it does not open
  list <owner>    show the live sessions of an owner
  revoke <id>     end one session, or all sessions, of an owner
  sweep           remove expired sessions from SQLite or Postgres

npx keepsake <command> --help says more. All take --json.

Exit codes: 0 done; 1 nothing found, or it does not open; 2 wrong usage; 3 the
store is not reachable. Errors are one line on stderr.
`

const COMMANDS: Readonly<Record<string, Command>> = { secret, inspect, list, revoke, sweep }

/** Prints what the command answers; mistakes go to stderr. */
async function main([name, ...args]: string[]): Promise<void> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') return write(USAGE)
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command) throw usage(`Unknown command: ${name}. There are ${Object.keys(COMMANDS).join(', ')}.`)
  if (args.includes('--help') || args.includes('-h')) return write(command.usage)
  const answer = await command.run(args.filter((arg) => arg !== '--json'))
  write(args.includes('--json') ? json(answer.json) : answer.text(paperOf(process.stdout)))
  process.exitCode = answer.exit
}

function write(text: string): void {
  process.stdout.write(text)
}

/** What JSON leaves as it is could still steer a terminal. */
function json(value: unknown): string {
  const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  return `${JSON.stringify(value, null, 2).replace(/[\x7f-\x9f]/g, escaped)}\n`
}

// whoever reads may have had enough: `keepsake list ada | head -1`
process.stdout.on('error', () => process.exit())

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`keepsake: ${oneLine(error)}\n`)
  process.exitCode = exitOf(error)
})
