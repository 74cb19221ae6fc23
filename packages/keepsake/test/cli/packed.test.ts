import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { home } from '../../scripts/doors.ts'

const folder = mkdtempSync(join(tmpdir(), 'keepsake-packed-'))

beforeAll(() => {
  const packed = execFileSync('npm', ['pack', '--json', '--silent', '--pack-destination', folder], {
    cwd: home,
    encoding: 'utf8',
  })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  const [{ filename }] = JSON.parse(packed)
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', '--silent', `./${filename}`], {
    cwd: folder,
  })
}, 60_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function npx(...args: readonly string[]): { status: number; output: string } {
  try {
    const settings = { cwd: folder, encoding: 'utf8', stdio: 'pipe' } as const
    return { status: 0, output: execFileSync('npx', ['--offline', 'keepsake', ...args], settings) }
  } catch (error) {
    const { status, stderr } = error as { status: number; stderr: string }
    return { status, output: stderr }
  }
}

it('runs as npx keepsake', () => {
  expect(npx('secret')).toEqual({ status: 0, output: expect.stringMatching(/^[\w-]{43}\n$/) })
}, 30_000)

it.each([
  [['secret', '--jwk'], 'npm install jose'],
  [['sweep', '--store', 'redis://127.0.0.1'], 'npm install redis'],
  [['sweep', '--store', 'postgres://127.0.0.1'], 'npm install pg'],
])(
  'says what is to be installed for %j',
  (args, remedy) => {
    const { status, output } = npx(...args)
    expect(status).toBe(2)
    expect(output).toMatch(/^keepsake: [^\n]+\n$/)
    expect(output).toContain(remedy)
  },
  30_000,
)
