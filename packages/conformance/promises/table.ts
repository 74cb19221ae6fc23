import { promises } from './index.ts'
import type { Proof } from './prove.ts'

/** Promise by world: how many cases passed, how many failed, or why there is none. */
export function table(title: string, proofs: readonly Proof[]): string {
  const worlds = [...new Set(proofs.map(({ world }) => world))]
  const reasons: string[] = []
  const rows = promises.map(({ number, title: says }) => {
    const cells = worlds.map((world) => cell(find(proofs, number, world), reasons))
    return [`P${number}`, ...cells, says]
  })
  const lines = aligned([['', ...worlds, title], ...rows])
  return [...lines, '', ...reasons.map((reason, i) => `${mark(i)} ${reason}`)].join('\n')
}

/** Promises and worlds without a proof and without a reason. */
export function gaps(proofs: readonly Proof[]): string[] {
  const worlds = [...new Set(proofs.map(({ world }) => world))]
  return promises.flatMap(({ number }) =>
    worlds
      .filter((world) => cell(find(proofs, number, world), []) === '')
      .map((world) => `P${number} ${world}`),
  )
}

function find(proofs: readonly Proof[], number: number, world: string): Proof | undefined {
  return proofs.find((proof) => proof.promise === number && proof.world === world)
}

function cell(proof: Proof | undefined, reasons: string[]): string {
  if (!proof) return ''
  if (proof.failed.length > 0) return `${proof.failed.length} FAILED`
  if (proof.passed > 0) return `${proof.passed}`
  if (proof.absent === undefined) return ''
  if (!reasons.includes(proof.absent)) reasons.push(proof.absent)
  return mark(reasons.indexOf(proof.absent))
}

function mark(index: number): string {
  return `–${'abcdefgh'[index]}`
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
