import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { allPassed, allWon } from './checks.ts'

const run = promisify(execFile)
const here = (file: string): string => new URL(file, import.meta.url).pathname
const bin = (name: string): string => here(`../../../../node_modules/.bin/${name}`)

describe('on Deno', () => {
  let results: Record<string, unknown>
  beforeAll(async () => {
    const { stdout } = await run(bin('deno'), [
      'run',
      '--allow-all',
      '--unstable-kv',
      here('deno-contract.ts'),
    ])
    results = JSON.parse(stdout)
  }, 120_000)

  it('denoKvStore keeps the contract', () => {
    expect(results.kv).toEqual(allPassed({}))
  })

  it('sqliteStore keeps the contract in a file', () => {
    expect(results.sqlite).toEqual(allPassed({ sweep: true }))
  })

  it('denoKvStore stands the races', () => {
    expect(results.races).toEqual(allWon())
  })

  it('denoKvStore keeps two prefixes apart', () => {
    expect(results.apart).toEqual([null, [], 1])
  })

  it('denoKvStore leaves no key behind', () => {
    expect(results.forgotten).toEqual([['forgotten/id/id', 'forgotten/owner/bob/id'], []])
  })
})

describe('on Bun', () => {
  let results: Record<string, unknown>
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'keepsake-'))
    const { stdout } = await run(bin('bun'), ['run', here('bun-contract.ts'), join(folder, 'sessions.db')])
    await rm(folder, { recursive: true })
    results = JSON.parse(stdout)
  }, 120_000)

  it.each(['given', 'opened'])('sqliteStore keeps the contract in a database that was %s', (how) => {
    expect(results[how]).toEqual(allPassed({ sweep: true }))
  })
})
