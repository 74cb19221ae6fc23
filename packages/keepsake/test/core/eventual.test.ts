import { expect, it } from 'vitest'
import { MemoryStore, type Session, SessionManager } from '../../src/index.ts'

const secrets = 'oUYVbhy8vTQDd7XQMU4mSdgcpAKXLjhF2vjUtwYV1Ho'

interface Data {
  n: number
}

/** Takes whatever is written, as stores without compare-and-set do. */
function eventualStore(): MemoryStore {
  const store = new MemoryStore()
  const create = store.create.bind(store)
  return Object.assign(store, {
    consistency: 'eventual',
    create: (...args: Parameters<MemoryStore['create']>) => {
      store.delete(args[0])
      return create(...args)
    },
  })
}

const store = eventualStore()
const former = new SessionManager<Data>({ secrets, store, cookie: { name: 'old' } })
const sessions = new SessionManager<Data>({ secrets, store, cookie: { previous: [{ name: 'old' }] } })

/** The cookie after a request with this one. */
async function turn(
  manager: SessionManager<Data>,
  cookie: string,
  use: (session: Session<Data>) => void,
): Promise<string> {
  const session = await manager.load(new Request('https://example.test', { headers: { cookie } }))
  use(session)
  const [line = ''] = await manager.save(session)
  return line.slice(0, line.indexOf(';'))
}

const write = ({ data }: Session<Data>): void => {
  data.n = 1
}

it.each([
  ['P18 remember', sessions, (session: Session<Data>) => session.remember('30d')],
  ['P23 the move from a former cookie', former, (session: Session<Data>) => session.flash('a', 'b')],
])('%s loses nothing where a new token is a new record', async (_, began, use) => {
  const cookie = await turn(sessions, await turn(began, '', write), use)
  const { data } = await sessions.load(new Request('https://example.test', { headers: { cookie } }))
  expect(data).toEqual({ n: 1 })
})
