export type { ConnectionOptions } from './node/connection.ts'
export { type ExpressSessionDoor, expressSession } from './node/express-session.ts'
export type {
  Done,
  ExpressSession,
  ExpressSessionCookie,
  ExpressSessionMembers,
  ExpressSessionOptions,
  ExpressSessionRequest,
} from './node/express-types.ts'
export { requestLike } from './node/request.ts'
export { type SessionDoor, type SessionOptions, session } from './node/session.ts'
export type {
  LazySessionRequest,
  Next,
  NodeErrorMiddleware,
  NodeMiddleware,
  NodeRequest,
  NodeResponse,
  SessionOf,
  SessionRequest,
} from './node/types.ts'
export { type AnswerError, type WithSessionOptions, withSession } from './node/with-session.ts'
