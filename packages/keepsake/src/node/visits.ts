import type { JsonShape, RequestLike, SessionManager } from '../index.ts'
import { Hold } from './hold.ts'
import type { Next, NodeRequest, NodeResponse } from './types.ts'
import { Visit } from './visit.ts'

/** A visit, whichever manager's. */
interface Known {
  readonly sessions: unknown
  abandon(): void
}

/** Who looks after which request already. */
const visits = new WeakMap<NodeRequest, readonly Known[]>()

/** The manager's part in this request: one, however often its middleware is mounted. */
export function visitOf<Data extends JsonShape<Data>, Flash extends JsonShape<Flash>>(
  sessions: SessionManager<Data, Flash>,
  read: (req: NodeRequest) => RequestLike,
  req: NodeRequest,
  res: NodeResponse,
  next: Next,
): Visit<Data, Flash> {
  const known = visits.get(req) ?? []
  const earlier = known.find((visit): visit is Visit<Data, Flash> => visit.sessions === sessions)
  if (earlier) return earlier
  const visit = new Visit(sessions, read(req), res, next)
  new Hold(res, visit).install()
  visits.set(req, [...known, visit])
  return visit
}

/** Error middleware: what a handler that failed has changed does not count. */
export function errors(error: unknown, req: NodeRequest, _res: NodeResponse, next: Next): void {
  for (const visit of visits.get(req) ?? []) visit.abandon()
  next(error)
}
