import { reasonOf } from './head.ts'
import type { NodeResponse } from './types.ts'

/** What tells of a body that is not sent, and would be wrong about the error's. */
const REPRESENTATION = [
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-range',
  'content-type',
  'etag',
  'last-modified',
  'location',
  'transfer-encoding',
]

/** Takes back what a response said of itself, before anything of it was sent: an error is to be answered in its place. */
export function takeBack(res: NodeResponse): void {
  res.statusCode = 500
  if (reasonOf(res)) res.statusMessage = ''
  for (const name of REPRESENTATION) res.removeHeader(name)
  res.setHeader('cache-control', 'no-store')
}
