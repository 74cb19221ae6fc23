import { proveAll, usualWorlds } from './prove-all.ts'

// The engine is chosen at the first use, and here there is no node:crypto to choose.
Object.assign(process, { getBuiltinModule: undefined })

await proveAll(usualWorlds({ early: true }))
