import crypto from 'node:crypto'
import { type Engine, nodeEngine, webEngine } from '../../src/core/crypto.ts'
import type { NodeCrypto } from '../../src/core/crypto-node.ts'

/** `node:crypto` as the library looks at it: few methods, keys that are only handed on. */
export const builtin: NodeCrypto = crypto as unknown as NodeCrypto

/** Both engines, so that a suite can prove that they make the same bytes. */
export const engines: readonly Engine[] = [nodeEngine(builtin), webEngine]

/** An engine that notes the name of every call before it passes it on. */
export function counted(engine: Engine): { engine: Engine; calls: string[] } {
  const calls: string[] = []
  const engineOf = (target: Engine): Engine =>
    new Proxy(target, {
      get(object, name: keyof Engine) {
        const member = object[name]
        if (typeof member !== 'function') return member
        return (...args: never[]) => {
          calls.push(name)
          return Reflect.apply(member, object, args)
        }
      },
    })
  return { engine: engineOf(engine), calls }
}
