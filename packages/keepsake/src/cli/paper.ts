/** What is written on: a terminal takes columns and colours, a pipe neither. */
export interface Paper {
  readonly terminal: boolean
  readonly colours: boolean
  /** How many characters a line takes. */
  readonly columns: number
}

/** @param stream standard output; NO_COLOR in the environment is respected (no-color.org) */
export function paperOf(stream: { readonly isTTY?: boolean; readonly columns?: number }): Paper {
  const terminal = stream.isTTY === true
  const { NO_COLOR, TERM } = process.env
  const colours = terminal && !NO_COLOR && TERM !== 'dumb'
  // 0 where the terminal does not know
  return { terminal, colours, columns: stream.columns || Number.POSITIVE_INFINITY }
}

/** How a word is painted. */
export type Paint = 'bold' | 'dim' | 'red' | 'green' | 'yellow'

const CODES: Readonly<Record<Paint, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 }

/** The text in this colour, where the paper takes any. */
export function painted({ colours }: Paper, paint: Paint, text: string): string {
  return colours ? `\x1b[${CODES[paint]}m${text}\x1b[0m` : text
}
