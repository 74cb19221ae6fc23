import { type ManagerOptions, type Session, SessionManager } from 'keepsake'
import { cookieHeader, type Data, request, SECRET, small } from '../micro/data.ts'
import { atMost, type Result } from '../report/result.ts'
import { counting } from '../stores/counting.ts'

type Use = (session: Session<Data>) => unknown

interface Case {
  readonly what: string
  readonly anonymous?: boolean
  readonly first: Use
  readonly others: Use
  readonly most: number
}

const look: Use = ({ data }) => data.views
const count: Use = ({ data }) => {
  data.views = (data.views ?? 0) + 1
}

const CASES: readonly Case[] = [
  { what: '1,000 reads', first: look, others: look, most: 0 },
  { what: '1 write and 999 reads', first: count, others: look, most: 1 },
  { what: '1,000 anonymous visitors', anonymous: true, first: look, others: look, most: 0 },
  { what: '1,000 writes', first: count, others: count, most: 1000 },
]

/** What a thousand requests write: counted, not timed. */
export async function writes(): Promise<Result> {
  const rows: (readonly [string, number, number, number, number])[] = []
  for (const each of CASES) rows.push([each.what, ...(await outcome(each))] as const)
  return {
    tables: [
      {
        title: 'What a thousand requests write',
        columns: ['', 'Set-Cookie, sealed', 'Set-Cookie, stored', 'store reads', 'store writes'],
        rows,
      },
    ],
    targets: rows.flatMap(([what, sealed, stored, , written], i) => {
      const most = CASES[i]?.most ?? 0
      return most === 1000
        ? []
        : [
            atMost(`Set-Cookie of ${what}, sealed`, sealed, most, 'cookies'),
            atMost(`Set-Cookie of ${what}, stored`, stored, most, 'cookies'),
            atMost(`writes of ${what}, stored`, written, most, 'writes'),
          ]
    }),
  }
}

async function outcome({
  anonymous = false,
  first,
  others,
}: Case): Promise<[number, number, number, number]> {
  const thousand = async (options: Partial<ManagerOptions<Data>>, ready: () => void): Promise<number> => {
    const sessions = new SessionManager<Data>({
      secrets: SECRET,
      cookie: { secure: true },
      ...options,
    } as never)
    let cookie: string | undefined
    let told = 0
    const visit = async (use: Use): Promise<void> => {
      const session = await sessions.load(request(cookie))
      await use(session)
      const lines = await sessions.save(session)
      told += lines.length
      if (lines.length > 0) cookie = cookieHeader(lines)
    }
    if (!anonymous) {
      await visit((session) => {
        session.data = small()
      })
    }
    told = 0
    ready()
    for (let i = 0; i < 1000; i++) await visit(i === 0 ? first : others)
    return told
  }
  const sealed = await thousand({}, () => {})
  const { store, counts } = counting()
  const stored = await thousand({ store }, () => {
    counts.reads = counts.writes = 0
  })
  return [sealed, stored, counts.reads, counts.writes]
}
