// The same work in workerd, whose clock stands still while it works: it is told how often, and timed from outside.
import type { Data } from './data.ts'
import { small } from './data.ts'
import type { AtWork } from './subject.ts'
import { honoSession } from './subjects/hono-session.ts'
import { ironSession } from './subjects/iron-session.ts'
import { keepsake } from './subjects/keepsake.ts'
import { webLimit } from './subjects/limits.ts'

const subjects = [keepsake, webLimit, ironSession, honoSession]
const started = new Map<string, Promise<AtWork>>()

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/ignore') return new Response('ready')
    const [name = '', step = '', works = '', count = ''] = ['name', 'step', 'works', 'count'].map((key) =>
      searchParams.get(key),
    ) as string[]
    const { prepare, work } = (await start(name))[step as 'load' | 'save']
    for (let i = 0; i < Number(count); i++) {
      const input = await prepare()
      if (works) await work(input)
    }
    return new Response('done')
  },
}

function start(name: string): Promise<AtWork> {
  const subject = subjects.find((each) => each.name === name)
  if (!subject) throw new TypeError(`No subject ${name}`)
  const known = started.get(name) ?? subject.start(small() satisfies Data)
  started.set(name, known)
  return known
}
