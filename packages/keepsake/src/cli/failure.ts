import { SessionError } from '../index.ts'
import { printable } from './printable.ts'

/** What ends a command: its message for people, its exit code for scripts. */
export class Failure extends Error {
  readonly exit: 2 | 3

  constructor(exit: 2 | 3, message: string) {
    super(message)
    this.exit = exit
  }
}

/** The command line was not understood. */
export function usage(message: string): Failure {
  return new Failure(2, message)
}

/** The store did not answer. */
export function unreachable(message: string): Failure {
  return new Failure(3, message)
}

/** 2 for what the caller can put right on the command line, 3 for a store that fails. */
export function exitOf(error: unknown): number {
  if (error instanceof Failure) return error.exit
  return error instanceof SessionError && error.code === 'store_unavailable' ? 3 : 2
}

/** What happened, in one line, whoever wrote it. */
export function oneLine(error: unknown): string {
  return printable(messageOf(error).replace(/\s+/g, ' ').trim())
}

/** Clients that try several addresses say why only of each. */
function messageOf(error: unknown): string {
  // the argument itself, which Node names, may be a secret, or a URL with a password
  if ((error as { code?: unknown })?.code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL')
    return 'There is an argument that belongs to no option; --help says what there is.'
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ')
  return error instanceof Error ? error.message || error.name : String(error)
}
