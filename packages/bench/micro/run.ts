// Measures one suite on whatever runtime runs this file, and prints the result as JSON.
import { parseArgs } from 'node:util'
import { interleave } from '../measure/interleave.ts'
import { suites } from './suites.ts'

const { values } = parseArgs({
  options: {
    suite: { type: 'string', default: 'small' },
    rounds: { type: 'string', default: '15' },
    ms: { type: 'string', default: '12' },
    web: { type: 'boolean', default: false },
  },
})

// without node:crypto at hand the library takes Web Cryptography
if (values.web) Object.defineProperty(process, 'getBuiltinModule', { value: undefined })

const suite = suites[values.suite]
if (!suite) throw new TypeError(`No suite ${values.suite}; there are ${Object.keys(suites).join(', ')}.`)
const pace = { rounds: Number(values.rounds), ms: Number(values.ms) }
process.stdout.write(JSON.stringify(await interleave(await suite(values.web), pace)))
process.exit()
