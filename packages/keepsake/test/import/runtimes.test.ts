import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { vectors } from './kit.ts'
import {
  committed,
  h3v1,
  h3v2,
  honoSession,
  ironSession8,
  ironSession9,
  reactRouter,
  SECRET,
} from './old-apps.ts'
import { type Reading, readAll } from './read-all.ts'

const run = promisify(execFile)
const bin = (name: string): string =>
  new URL(`../../../../node_modules/.bin/${name}`, import.meta.url).pathname
const here = new URL('.', import.meta.url).pathname

/** What rack-session, Sinatra and redis-rack have kept. */
function ofRack(): Reading[] {
  const { vectors: tokens } = vectors<{ vectors: readonly Record<string, string>[] }>('rack-session-2.1.2')
  const { secret, vectors: made } = vectors<SinatraVectors>('sinatra-3.0.5')
  const jar = (value = ''): Reading['jar'] => ({ 'rack.session': value })
  const [encrypted, signed] = made.map(({ cookie }) => jar(cookie.split('=')[1]))
  const id = 'ab'.repeat(32)
  return [
    ...tokens.flatMap(({ token, purpose, secret_utf8: secrets }): Reading[] => {
      const options = { secrets, ...(purpose && { key: purpose }) }
      return token ? [{ door: 'fromRack', options, jar: jar(encodeURIComponent(token)) }] : []
    }),
    { door: 'fromRack', options: { legacyHmacSecret: secret }, jar: signed ?? {} },
    { door: 'fromSinatra', options: { secret }, jar: encrypted ?? {} },
    {
      door: 'fromRedisRack',
      options: {},
      jar: jar(id),
      records: { [`rack:session:${id}`]: 'BAh7BkkiBmEGOgZFVGkG' },
    },
  ]
}

interface SinatraVectors {
  readonly secret: string
  readonly vectors: readonly { readonly cookie: string }[]
}

async function ofScripts(): Promise<Reading[]> {
  const [password, secret, secrets] = [SECRET, SECRET, SECRET]
  return [
    { door: 'fromH3', options: { password }, jar: await h3v1() },
    { door: 'fromH3', options: { password }, jar: await h3v2() },
    { door: 'fromHonoSession', options: { secret }, jar: await honoSession() },
    { door: 'fromIronSession', options: { password, name: 'auth' }, jar: await ironSession8() },
    { door: 'fromIronSession', options: { password, name: 'auth' }, jar: await ironSession9() },
    {
      door: 'fromReactRouter',
      options: { secrets },
      jar: await committed(reactRouter.cookie({ secrets: [secret] })),
    },
  ]
}

let folder: string
let readings: Reading[]
let expected: unknown[]

/** One file that reads everything and does this with the text of it. */
async function script(end: string): Promise<string> {
  const contents = `
    import { readAll } from './read-all.ts'
    const read = async () => JSON.stringify(await readAll(${JSON.stringify(readings)}))
    ${end}`
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: here },
    bundle: true,
    format: 'esm',
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keepsake-'))
  const made = [...ofRack(), ...(await ofScripts())]
  // of every genuine cookie one that isn't
  readings = made.flatMap((it) => [it, { ...it, jar: spoiled(it.jar) }])
  expected = JSON.parse(JSON.stringify(await readAll(readings)))
})

afterAll(() => rm(folder, { recursive: true }))

function spoiled(jar: Reading['jar']): Reading['jar'] {
  return Object.fromEntries(
    Object.entries(jar).map(([name, value]) => [
      name,
      value.slice(0, 80) + (value[80] === 'a' ? 'b' : 'a') + value.slice(81),
    ]),
  )
}

it('reads on Node', () => {
  expected.forEach((taken, at) => {
    if (at % 2 === 0) expect(taken).toMatchObject({ data: {} })
    else expect(taken).toBeNull()
  })
})

it.each([
  ['Deno', ['deno', 'run']],
  ['Bun', ['bun', 'run']],
])(
  'reads the same on %s',
  async (_, [program = '', ...args]) => {
    const file = join(folder, 'read.mjs')
    await writeFile(file, await script('console.log(await read())'))
    const { stdout } = await run(bin(program), [...args, file])
    expect(JSON.parse(stdout)).toEqual(expected)
  },
  60_000,
)

it('reads the same on workerd', async () => {
  const worker = new Miniflare({
    modules: true,
    script: await script('export default { fetch: async () => new Response(await read()) }'),
    compatibilityDate: '2026-04-01',
  })
  const response = await worker.dispatchFetch('https://app.example/')
  const read = await response.json().finally(() => worker.dispose())
  expect(read).toEqual(expected)
}, 60_000)
