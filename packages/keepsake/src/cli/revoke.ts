import { parseArgs } from 'node:util'
import type { Answer, Command } from './command.ts'
import { usage } from './failure.ts'
import { managerOf, OWNER_OPTIONS, OWNER_USAGE } from './owner-options.ts'
import { STORE_OPTIONS, STORE_USAGE, withStore } from './stores/open.ts'

/** `keepsake revoke` */
export const revoke: Command = {
  usage: `Usage: npx keepsake revoke <id> --owner <owner> --store <url>
       npx keepsake revoke --all --owner <owner> --store <url>

Ends one session of an owner, by the id that list shows, or all of them, those
included whose login is under way. Exit code 1 if the owner has no session of
that id; with --all it is 0, however many there were.

  --owner      the user id that login was told
  --all        every session of this owner
${STORE_USAGE}
${OWNER_USAGE}
  --json       as JSON: { "revoked": 1 }
`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: idsLast(args),
      options: {
        ...STORE_OPTIONS,
        ...OWNER_OPTIONS,
        owner: { type: 'string' },
        all: { type: 'boolean', default: false },
      },
      allowPositionals: true,
    })
    const { owner } = values
    const [id] = positionals
    if (!owner) throw usage('revoke needs --owner, the user id that login was told.')
    if (values.all) {
      if (id !== undefined) throw usage('revoke takes an id or --all, not both.')
      return answer(0, await withStore(values, (store) => managerOf(store, values).revokeAll(owner)))
    }
    if (id === undefined || positionals.length > 1) throw usage('revoke takes one id, or --all.')
    const done = await withStore(values, (store) => managerOf(store, values).revoke(id, { owner }))
    return answer(done ? 0 : 1, done ? 1 : 0)
  },
}

/** One id in 64 begins with a dash, and is no option for that. */
function idsLast(args: readonly string[]): string[] {
  const isId = (arg: string): boolean => /^-\w[\w-]{20}$/.test(arg)
  const ids = args.filter(isId)
  return ids.length === 0 || args.includes('--')
    ? [...args]
    : [...args.filter((arg) => !isId(arg)), '--', ...ids]
}

function answer(exit: 0 | 1, revoked: number): Answer {
  const text = `Ended ${revoked} session${revoked === 1 ? '' : 's'}.\n`
  return { exit, json: { revoked }, text: () => (exit === 0 ? text : 'This owner has no such session.\n') }
}
