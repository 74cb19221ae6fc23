import type { Session, SessionManager } from '../../src/index.ts'

export type Data = {
  a: string
  b: string
  same: string
  drop: string
  mine: string
  list: string[]
  n: number
}

export type Manager = SessionManager<Data>

/** What of a record the app sees. */
export interface Content {
  readonly data: Partial<Data>
  readonly flash: Record<string, string>
}

/** How the session stands when the requests come. */
export interface Setting {
  /** Whether ada has logged in. */
  readonly owned: boolean
  /** A renewal is due. */
  readonly renew: boolean
  /** A rotation is due. */
  readonly rotate: boolean
  /** A next token is pending. */
  readonly pending: boolean
}

/** One kind of request. */
export interface Op {
  readonly name: string
  readonly needs?: Partial<Setting>
  readonly presents?: 'pending'
  /** What it makes of the content, its tag being written. */
  readonly change?: (content: Content, tag: string) => void
  readonly handle?: (session: Session<Data>, sessions: Manager, tag: string) => void | Promise<void>
  /** In place of a request: what an admin page or another device does. */
  readonly direct?: (sessions: Manager, id: string) => Promise<unknown>
  readonly reissues?: boolean
  readonly login?: string
  /** It may delete the session. */
  readonly ends?: boolean
  /** Ends every session of ada, or all but the one that the schedule began with. */
  readonly revokes?: 'all' | 'others'
}

export const OWNER = 'ada'
export const OTHER = 'bob'

function contentOf({ data }: Session<Data>): Content {
  return { data, flash: {} }
}

function write(name: string, change: NonNullable<Op['change']>): Op {
  return { name, change, handle: (session, _, tag) => change(contentOf(session), tag) }
}

const count: NonNullable<Op['change']> = ({ data }) => {
  data.n = (data.n ?? 0) + 1
}

const push: NonNullable<Op['change']> = ({ data }, tag) => {
  data.list = [...(data.list ?? []), tag]
}

function update(name: string, change: NonNullable<Op['change']>): Op {
  const handle: Op['handle'] = (session, sessions, tag) =>
    sessions.update(session, (data) => change({ data, flash: {} }, tag))
  return { name, change, handle }
}

const sign: NonNullable<Op['change']> = ({ data }, tag) => {
  data.mine = tag
}

function login(name: string, owner: string, needs: Partial<Setting> = {}): Op {
  const handle: Op['handle'] = (session, _, tag) => {
    session.login(owner)
    sign(contentOf(session), tag)
  }
  return { name, needs, change: sign, handle, reissues: true, login: owner }
}

export const OPS: readonly Op[] = [
  { name: 'read', handle: (session) => void session.data },
  write('write a', ({ data }, tag) => {
    data.a = tag
  }),
  write('write b', ({ data }, tag) => {
    data.b = tag
  }),
  write('write same', ({ data }, tag) => {
    data.same = tag
  }),
  write('remove', ({ data }) => {
    delete data.drop
  }),
  {
    name: 'flash',
    change: ({ flash }, tag) => {
      flash.note = tag
    },
    handle: (session, _, tag) => session.flash('note', tag),
  },
  {
    name: 'take',
    change: ({ flash }) => {
      delete flash.hello
    },
    handle: (session) => void session.take('hello'),
  },
  update('update', push),
  update('count', count),
  { name: 'renew', needs: { renew: true }, handle: (session) => void session.data },
  { name: 'rotate', needs: { rotate: true }, handle: (session) => void session.data },
  { name: 'collect', needs: { pending: true }, handle: (session) => void session.data },
  { name: 'confirm', needs: { pending: true }, presents: 'pending', handle: (session) => void session.data },
  login('login', OWNER),
  login('first login', OWNER, { owned: false }),
  login('login as another', OTHER),
  { name: 'regenerate', handle: (session) => session.regenerate(), reissues: true },
  { name: 'destroy', handle: (session) => session.destroy(), ends: true },
  { name: 'revoke', direct: (sessions, id) => sessions.revoke(id, { owner: OWNER }), ends: true },
  { name: 'revokeAll', direct: (sessions) => sessions.revokeAll(OWNER), ends: true, revokes: 'all' },
  {
    name: 'revoke others',
    direct: (sessions, id) => sessions.revokeAll(OWNER, { except: id }),
    ends: true,
    revokes: 'others',
  },
]
