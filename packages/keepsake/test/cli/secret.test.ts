import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { home } from '../../scripts/doors.ts'

function keepsake(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [join(home, 'dist/cli/main.js'), ...args], { encoding: 'utf8' })
}

it('prints a secret of 32 bytes as base64url', () => {
  const { status, stdout, stderr } = keepsake('secret')
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toMatch(/^[\w-]{43}\n$/)
})

it('prints a new one every time', () => {
  expect(keepsake('secret').stdout).not.toBe(keepsake('secret').stdout)
})

it('prints a line for a .env file', () => {
  expect(keepsake('secret', '--env').stdout).toMatch(/^SESSION_SECRET=[\w-]{43}\n$/)
})

it.each([[[]], [['--help']], [['help']], [['secret', '--help']]])('explains itself: %j', (args) => {
  expect(keepsake(...args)).toMatchObject({
    status: 0,
    stderr: '',
    stdout: expect.stringContaining('secret'),
  })
})

it.each([
  [['sekret']],
  [['constructor']],
  [['secret', '--evn']],
  [['secret', 'extra']],
])('refuses what it does not know: %j', (args) => {
  expect(keepsake(...args)).toMatchObject({
    status: 2,
    stdout: '',
    stderr: expect.stringContaining(args.at(-1) ?? ''),
  })
})
