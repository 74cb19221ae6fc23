import { parseArgs } from 'node:util'
import type { ListedSession, SessionManager } from '../index.ts'
import type { Command } from './command.ts'
import { usage } from './failure.ts'
import { managerOf, OWNER_OPTIONS, OWNER_USAGE } from './owner-options.ts'
import { STORE_OPTIONS, STORE_USAGE, withStore } from './stores/open.ts'
import { table, time } from './table.ts'

const PAGE = 100

/** `keepsake list` */
export const list: Command = {
  usage: `Usage: npx keepsake list <owner> --store <url>

Shows the live sessions of an owner, the user id that login was told: id, when
it was created, last seen and will end, and its label. On a pipe one session a
line, with tabs between. Exit code 1 if there is none.

${STORE_USAGE}
${OWNER_USAGE}
  --json       as JSON
`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      options: { ...STORE_OPTIONS, ...OWNER_OPTIONS },
      allowPositionals: true,
    })
    const [owner, ...more] = positionals
    if (!owner || more.length > 0)
      throw usage('list takes one owner: npx keepsake list <owner> --store <url>')
    const sessions = await withStore(values, (store) => all(managerOf(store, values), owner))
    return {
      exit: sessions.length > 0 ? 0 : 1,
      json: sessions.map(readable),
      text: (paper) => {
        if (sessions.length === 0 && paper.terminal) return 'This owner has no live session.\n'
        return table(paper, ['id', 'created', 'last seen', 'expires', 'label'], sessions.map(row))
      },
    }
  },
}

async function all(manager: SessionManager, owner: string): Promise<ListedSession[]> {
  const found: ListedSession[] = []
  for (;;) {
    const after = found.at(-1)?.id
    const page = await manager.list(owner, { limit: PAGE, ...(after !== undefined && { after }) })
    found.push(...page)
    if (page.length < PAGE) return found
  }
}

function row({ id, createdAt, lastSeenAt, expiresAt, label = '' }: ListedSession): string[] {
  return [id, time(createdAt), time(lastSeenAt), time(expiresAt), label]
}

function readable({ id, authenticatedAt, label, ...times }: ListedSession): object {
  return {
    id,
    createdAt: time(times.createdAt),
    lastSeenAt: time(times.lastSeenAt),
    expiresAt: time(times.expiresAt),
    ...(authenticatedAt !== undefined && { authenticatedAt: time(authenticatedAt) }),
    ...(label !== undefined && { label }),
  }
}
