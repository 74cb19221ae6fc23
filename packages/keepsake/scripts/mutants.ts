import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { home } from './doors.ts'
import { type Break, breaks } from './mutants/breaks.ts'

const prover = new URL('mutants/prove.ts', import.meta.url).pathname
const LIMIT = 60_000

/** Proves promises on a copy of the source, after `change`; returns the cases that failed. */
function failures(numbers: readonly number[], change: (core: string) => void): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'keepsake-mutant-'))
  try {
    const source = join(folder, 'src')
    cpSync(join(home, 'src'), source, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    symlinkSync(join(home, '../../node_modules'), join(folder, 'node_modules'))
    change(join(source, 'core'))
    const args = [prover, source, ...numbers.map(String)]
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: LIMIT })
    const lines = stdout.trim().split('\n')
    // a copy that does not even run has broken no promise
    if (lines.pop() !== 'done') throw new Error(`P${numbers}: did not come to its end\n${stdout}${stderr}`)
    return lines
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function apply({ file, from, to }: Break, core: string): void {
  const path = join(core, file)
  const parts = readFileSync(path, 'utf8').split(from)
  if (parts.length !== 2)
    throw new Error(`${file}: stands there ${parts.length - 1} times, not once: ${from}`)
  writeFileSync(path, parts.join(to))
}

const all = breaks.map(({ promise }) => promise)
const broken = failures(all, () => {})
if (broken.length > 0) throw new Error(`the source as it is breaks promises:\n${broken.join('\n')}`)

let killed = 0
for (const mutant of breaks) {
  const failed = failures([mutant.promise], (core) => apply(mutant, core))
  if (failed.length > 0) killed++
  console.log(
    `${failed.length > 0 ? 'killed' : 'SURVIVED'}  P${mutant.promise} ${mutant.says} (${failed.length} cases)`,
  )
}
console.log(`${killed}/${breaks.length} killed`)
if (killed < breaks.length) process.exitCode = 1
