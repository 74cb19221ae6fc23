#!/usr/bin/env node
import { readFile } from 'node:fs/promises'
import type { Command } from './command.ts'
import { exitOf, oneLine, usage } from './failure.ts'
import { inspect } from './inspect.ts'
import { list } from './list.ts'
import { paperOf } from './paper.ts'
import { printableJson } from './printable.ts'
import { revoke } from './revoke.ts'
import { secret } from './secret.ts'
import { sweep } from './sweep.ts'

const USAGE = `Usage: npx keepsake <command>

  secret          print a secret for SessionManager, or a key for keepsake/jwt
  inspect         say what a cookie is, and why it does not open
  list <owner>    show the live sessions of an owner
  revoke <id>     end one session, or all sessions, of an owner
  sweep           remove expired sessions from SQLite or Postgres

  npx keepsake secret --env >> .env
  pbpaste | npx keepsake inspect
  npx keepsake list ada --store sessions.db

npx keepsake <command> --help says more. All take --json. --version says which
this is.

Exit codes: 0 done; 1 nothing found, or it does not open; 2 wrong usage; 3 the
store is not reachable. Errors are one line on stderr.
`

const HELP: readonly string[] = ['help', '--help', '-h']

const COMMANDS: Readonly<Record<string, Command>> = { secret, inspect, list, revoke, sweep }

/** Prints what the command answers; mistakes go to stderr. */
async function main([name, ...args]: string[]): Promise<void> {
  if (name === '--version' || name === '-v') return write(`${await version()}\n`)
  if (name === undefined || HELP.includes(name))
    return write(args[0] === undefined ? USAGE : known(args[0]).usage)
  const command = known(name)
  if (args.includes('--help') || args.includes('-h')) return write(command.usage)
  const answer = await command.run(args.filter((arg) => arg !== '--json'))
  write(args.includes('--json') ? `${printableJson(answer.json)}\n` : answer.text(paperOf(process.stdout)))
  process.exitCode = answer.exit
}

function known(name: string): Command {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command) return command
  throw usage(`Unknown command: ${name}. There are ${Object.keys(COMMANDS).join(', ')}.`)
}

async function version(): Promise<string> {
  return JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')).version
}

function write(text: string): void {
  process.stdout.write(text)
}

// whoever reads may have had enough: `keepsake list ada | head -1`
process.stdout.on('error', () => process.exit())

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`keepsake: ${oneLine(error)}\n`)
  process.exitCode = exitOf(error)
})
