import { createHash } from 'node:crypto'
import { small } from '../micro/data.ts'

/** The id of one of many sessions: as random as theirs, so that it ends up anywhere in an index. */
export function idOf(i: number): string {
  return createHash('md5').update(String(i)).digest('base64url')
}

/** What such a session holds, as JSON. */
export function textOf(i: number): string {
  return JSON.stringify({ ...small(), userId: `usr_${i}`, views: i })
}
