#!/usr/bin/env node
import { secret } from './secret.ts'

const USAGE = `Usage: keepsake <command>

  secret   print a new secret for SessionManager

keepsake <command> --help says more.
`

const COMMANDS: Readonly<Record<string, (args: string[]) => string>> = { secret }

/** Prints what the command answers; mistakes go to stderr, with exit code 2. */
function main([name, ...args]: string[]): void {
  if (name === undefined || name === '--help' || name === 'help') return void process.stdout.write(USAGE)
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  try {
    if (!command) throw new TypeError(`Unknown command: ${name}\n\n${USAGE}`)
    process.stdout.write(command(args))
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 2
  }
}

main(process.argv.slice(2))
