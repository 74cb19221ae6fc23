import type { Paper } from './paper.ts'

/** What a command found. */
export interface Answer {
  /** 0 done, 1 nothing found, or it does not open. */
  readonly exit: 0 | 1
  /** What `--json` prints. */
  readonly json: unknown
  /** What people, and pipes, read. */
  text(paper: Paper): string
}

/** One command of the command line. */
export interface Command {
  /** What `--help` prints. */
  readonly usage: string
  /** @throws {Failure} for wrong usage, and for a store that is not reachable. */
  run(args: string[]): Promise<Answer>
}
