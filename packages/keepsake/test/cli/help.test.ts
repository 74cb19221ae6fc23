import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { home } from '../../scripts/doors.ts'
import { pageText } from '../docs/snippets.ts'
import { keepsake } from './kit.ts'

it.each([
  '',
  'secret',
  'inspect',
  'list',
  'revoke',
  'sweep',
])('the page says what %s --help says', async (name) => {
  const args = [...(name === '' ? [] : [name]), '--help']
  const { status, stdout, stderr } = await keepsake(args)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(pageText('docs/cli.md')).toContain(`\`\`\`text\n$ npx keepsake ${args.join(' ')}\n${stdout}\`\`\`\n`)
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
})

it('says which version it is', async () => {
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  for (const option of ['--version', '-v'])
    expect(await keepsake([option])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' })
})

it('says the same of a command, however it is asked', async () => {
  const asked = await keepsake(['revoke', '--help'])
  expect(await keepsake(['help', 'revoke'])).toEqual(asked)
  expect(await keepsake(['revoke', '-h'])).toEqual(asked)
  expect(await keepsake(['help', 'revive'])).toMatchObject({ status: 2, stdout: '' })
})

it('escapes what it says of a mistake', async () => {
  const { status, stderr } = await keepsake(['\u001b[31m\u202eeikooc'])
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: expect.stringContaining('Unknown command: \\u{1b}[31m\\u{202e}eikooc.'),
  })
})
