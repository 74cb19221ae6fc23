// What a session of 100 kB in a store costs: prints JSON.
import { type Session, SessionManager, type Store, type Stored } from 'keepsake'
import { encode } from '../../keepsake/src/core/json.ts'
import { interleave, type Job } from '../measure/interleave.ts'
import { cookieHeader, type Data, request, SECRET, sized, small } from '../micro/data.ts'

const data = sized(100_000)
const text = JSON.stringify(data)
const sessions = new SessionManager<Data>({ secrets: SECRET, cookie: { secure: true }, store: mapStore() })
const large = await begin(data)
const little = await begin(small())

async function begin(data: Data): Promise<string> {
  const first = await sessions.load(request())
  first.data = data
  return cookieHeader(await sessions.save(first))
}

async function visit(cookie: string, use: (session: Session<Data>) => unknown): Promise<void> {
  const session = await sessions.load(request(cookie))
  use(session)
  await sessions.save(session)
}

function count({ data }: Session<Data>): void {
  data.views = (data.views ?? 0) + 1
}

const nothing = (): void => {}
const jobs: readonly Job[] = [
  { name: 'JSON.parse', prepare: () => text, work: (it: string) => JSON.parse(it) },
  { name: 'JSON.stringify', prepare: () => data, work: (it: Data) => JSON.stringify(it) },
  { name: 'JSON.stringify and the walk', prepare: () => data, work: (it: Data) => encode('data', { ...it }) },
  {
    name: 'a route that does not look',
    prepare: () => large,
    work: (cookie: string) => visit(cookie, nothing),
  },
  {
    name: 'the same, small session',
    prepare: () => little,
    work: (cookie: string) => visit(cookie, nothing),
  },
  { name: 'views++', prepare: () => large, work: (cookie: string) => visit(cookie, count) },
]
const quick = process.argv.includes('--quick')
process.stdout.write(JSON.stringify(await interleave(jobs, { rounds: quick ? 5 : 21, ms: 20 })))

/** A store that costs nothing. */
function mapStore(): Store {
  const records = new Map<string, Stored>()
  const put = (id: string, stored: Stored): boolean => records.set(id, stored) !== undefined
  return {
    consistency: 'strong',
    get: (id) => records.get(id) ?? null,
    create: (id, value, expires) => put(id, { value, expires, version: 1 }),
    update: (id, value, expires, version) => put(id, { value, expires, version: version + 1 }),
    touch: () => true,
    delete: (id) => void records.delete(id),
  }
}
