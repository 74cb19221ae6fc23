import type { Engine } from './crypto-engine.ts'
import { type NodeCrypto, nodeEngine } from './crypto-node.ts'
import { webEngine } from './crypto-web.ts'
import { isWorkerd, type Navigated } from './workerd.ts'

export type { CipherKey, Engine, MacKey } from './crypto-engine.ts'
export { nodeEngine, webEngine }

interface Host extends Navigated {
  readonly process?: { getBuiltinModule?(name: 'node:crypto'): NodeCrypto | undefined }
}

let chosen: Engine | undefined

/** The engine of this runtime, chosen at the first call. */
export function engine(): Engine {
  chosen ??= chooseEngine(globalThis as unknown as Host)
  return chosen
}

/** Node's own cryptography where it exists and is the quicker one, else Web Cryptography. */
export function chooseEngine(host: Host): Engine {
  // it runs Web Cryptography in the isolate's own thread
  if (isWorkerd(host)) return webEngine
  const builtin = host.process?.getBuiltinModule?.('node:crypto')
  return builtin ? nodeEngine(builtin) : webEngine
}
