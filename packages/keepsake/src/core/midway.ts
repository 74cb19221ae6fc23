import { SessionError } from './errors.ts'
import { save } from './save.ts'
import { stateBehind } from './session.ts'
import { endOf, idleLimit } from './settings.ts'

/**
 * Saves a session in the middle of its request, and goes on from there; its response will bring the cookies of this
 * save and of the last one. Until it is done the session's methods throw `too_late`; its data may change.
 *
 * @throws {SessionError} as `sessions.save`; the session can still be changed and saved.
 */
export async function saveMidway(session: object): Promise<void> {
  const state = stateBehind(session).edit()
  const saving = Promise.resolve(save(state)).then(() => state.goOn())
  const over = (): void => {
    state.midway = undefined
  }
  state.midway = saving.then(over, over)
  await saving
}

/**
 * Reads once more what is kept of a session. What this request changed and did not save is dropped.
 *
 * @throws {SessionError} `superseded` if it was ended, got a new token elsewhere, or was never saved.
 */
export async function reloadMidway(session: object): Promise<void> {
  const state = stateBehind(session).edit()
  const found = state.found && (await state.rules.backing.reload(state.found))
  if (!found) throw new SessionError('superseded', 'There is no such session any more; nothing was reloaded.')
  await state.edit().restart(found)
}

/** Whether there are changes of `data` that were not saved yet. @throws {SessionError} `invalid_data` */
export function hasChanges(session: object): boolean {
  const { data } = stateBehind(session).look()
  return data.differs(data.text())
}

/** How long the browser keeps the session after its last use, and how long it has still; ms, or `false` until the browser ends. */
export function keepingOf(session: object): { readonly whole: number | false; readonly left: number } {
  const { head, rules } = stateBehind(session).look()
  const { settings, persistent } = rules
  const lasts = head.keep === undefined ? persistent : head.keep !== false
  return { whole: lasts && idleLimit(settings, head), left: endOf(settings, head) - settings.now() }
}
