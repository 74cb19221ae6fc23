import { expect, it } from 'vitest'
import { SessionManager } from '../../src/index.ts'
import { jwt } from '../../src/jwt.ts'
import { keepsake } from './kit.ts'

it('prints a secret of 32 bytes as base64url', async () => {
  const { status, stdout, stderr } = await keepsake(['secret'])
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toMatch(/^[\w-]{43}\n$/)
})

it('prints a new one every time', async () => {
  expect((await keepsake(['secret'])).stdout).not.toBe((await keepsake(['secret'])).stdout)
})

it('prints a line for a .env file', async () => {
  expect((await keepsake(['secret', '--env'])).stdout).toMatch(/^SESSION_SECRET=[\w-]{43}\n$/)
})

it('prints JSON', async () => {
  const { secret } = JSON.parse((await keepsake(['secret', '--json'])).stdout)
  expect(() => new SessionManager({ secrets: secret })).not.toThrow()
})

it.each(['ES256', 'EdDSA', 'HS256', 'A256KW', 'dir'])('prints a key for %s', async (alg) => {
  const { status, stdout } = await keepsake(['secret', '--jwk', '--alg', alg])
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ alg, kid: expect.stringMatching(/^[\w-]{8}$/) })
  expect(() => jwt({ keys: stdout, issuer: 'https://app.example' })).not.toThrow()
})

it('prints a key as a line for a .env file', async () => {
  const { stdout } = await keepsake(['secret', '--jwk', '--env'])
  const [, key = ''] = /^SESSION_JWK='(.*)'\n$/.exec(stdout) ?? []
  expect(JSON.parse(key)).toMatchObject({ alg: 'ES256', d: expect.any(String) })
})

it.each([
  [[]],
  [['--help']],
  [['-h']],
  [['help']],
  [['secret', '--help']],
])('explains itself: %j', async (args) => {
  expect(await keepsake(args)).toMatchObject({
    status: 0,
    stderr: '',
    stdout: expect.stringContaining('secret'),
  })
})

it.each([
  [['sekret']],
  [['constructor']],
  [['secret', '--evn']],
  [['secret', '--alg']],
  [['secret', '--jwk', '--alg=RS256', '--alg']],
])('refuses what it does not know, in one line: %j', async (args) => {
  const { status, stdout, stderr } = await keepsake(args)
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toContain(args.at(-1) ?? '')
  expect(stderr).toMatch(/^keepsake: [^\n]+\n$/)
})

it('refuses an argument too many without repeating it: it may be a secret', async () => {
  const { status, stdout, stderr } = await keepsake(['secret', 'hunter2-hunter2'])
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toMatch(/^keepsake: [^\n]*--help[^\n]*\n$/)
  expect(stderr).not.toContain('hunter2')
})
