import { NotBefore } from './core/not-before.ts'
import type { Revocation } from './core/revocation.ts'
import { SessionError, type Store } from './index.ts'
import { RevocableBacking } from './revocation/backing.ts'
import { Denylist } from './revocation/denylist.ts'
import { SealedOwners } from './revocation/owners.ts'

export type { Revocation } from './core/revocation.ts'

/**
 * Ends sealed sessions before their time: at logout, login and `regenerate` the former seal is refused from then on,
 * and `sessions.revoke` and `revokeAll` work. The store keeps an entry for each session that ended, and one for each
 * owner whose sessions were all revoked, until no seal of theirs could open any more; nothing of live sessions.
 *
 * ```ts
 * new SessionManager({ secrets, revocation: revocation(sqliteStore('ended.db')) })
 * ```
 *
 * It costs two reads side by side for a request that carries a seal, again before it writes one, and a write where a
 * session ends. A session is then opened when it is loaded, not when it is first looked at.
 *
 * @throws {SessionError} `config` for what is no store.
 */
export function revocation(store: Store): Revocation {
  if (typeof store?.create !== 'function')
    throw new SessionError(
      'config',
      'revocation: give a store, new MemoryStore() for example, not its client.',
    )
  return {
    store,
    over(sealed, bounded, settings) {
      const denylist = new Denylist(bounded, settings)
      const notBefore = new NotBefore(bounded, settings)
      return {
        backing: new RevocableBacking(sealed, settings, denylist, notBefore, store.consistency === 'strong'),
        owners: new SealedOwners(settings, denylist, notBefore),
      }
    },
  }
}
