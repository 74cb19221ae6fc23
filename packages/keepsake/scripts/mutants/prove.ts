import { promises } from '../../../conformance/promises/index.ts'
import { prove } from '../../../conformance/promises/prove.ts'
import { type Library, worlds } from '../../../conformance/promises/world.ts'

// node packages/keepsake/scripts/mutants/prove.ts <source> <promise>…: prints the failed cases; the last line says that it came to the end.
const [source, ...numbers] = process.argv.slice(2)
const core = (await import(`${source}/index.ts`)) as Library
const testing = (await import(`${source}/testing.ts`)) as Library
const atRest = (await import(`${source}/encrypt-at-rest.ts`)) as Library
const jwt = (await import(`${source}/jwt.ts`)) as Library
const lib: Library = { ...testing, ...atRest, ...jwt, ...core }

for (const promised of promises) {
  if (!numbers.includes(String(promised.number))) continue
  for (const world of worlds) {
    const { failed } = await prove(promised, world, lib)
    for (const line of failed) console.log(line.split('\n', 1)[0])
  }
}
console.log('done')
