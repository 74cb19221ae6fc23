import { expect, it } from 'vitest'
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
