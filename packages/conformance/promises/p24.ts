import { everywhere, promise } from './cases.ts'
import { ok, same } from './expect.ts'
import { begin, carrying, flat, loaded, request, tampered, tokenOf, turn } from './moves.ts'
import { type Bench, SECRETS, type Sessions } from './world.ts'

const OPTIONS = { rotateEvery: '1h', renewAfter: '10m' } as const

/** Everything that goes wrong, and what it leaves behind. */
async function havoc(bench: Bench): Promise<{ said: unknown[]; secrets: string[] }> {
  const sessions = bench.make(bench.sealed ? {} : OPTIONS)
  const login = await turn(sessions, null, (session) => session.login('ada'))
  const cookie = login.cookie
  const said: unknown[] = []
  const attempt = async (run: () => unknown): Promise<void> => {
    try {
      said.push(await run())
    } catch (error) {
      said.push(error)
    }
  }
  const headers = [
    cookie,
    carrying(tampered(tokenOf(cookie))),
    `${cookie}; ${await begin(sessions)}`,
    `${cookie}; ${carrying('junk')}`,
    await begin(bench.make({ audience: 'other' })),
    `session=${tokenOf(cookie)}`,
  ]
  for (const header of headers) {
    await attempt(() => sessions.explain(request(header)))
    await attempt(async () => (await turn(sessions, header)).session)
    await attempt(() =>
      turn(sessions, header, (session) => {
        session.data.x = 1n
      }),
    )
    await attempt(() =>
      turn(sessions, header, (session) => {
        session.data.x = 'y'.repeat(5_000)
      }).then(() => 'ok'),
    )
    await attempt(async () => {
      const session = await loaded(sessions, header)
      await sessions.commit(session, new Response('ok'))
      session.login('late')
    })
  }
  bench.store.before = () => {
    throw new Error('connection refused')
  }
  await attempt(() => sessions.load(request(cookie)))
  await attempt(() => begin(sessions).then(() => 'ok'))
  bench.store.recover()
  await attempt(() => sessions.revoke(login.session.id, { owner: 'bob' }))
  await attempt(() => bench.make({ secrets: [SECRETS[0], 'short'] as never }))
  said.push(sessions, login.session, bench.events, sessions.capabilities)
  return {
    said,
    secrets: [
      ...SECRETS,
      ...headers.flatMap((header) => header.split('; ').map((pair) => pair.split('=')[1] ?? '')),
    ],
  }
}

function leaks(text: string, secrets: readonly string[]): string | undefined {
  const found = secrets
    .filter((secret) => secret.length > 20)
    .find((secret) => text.includes(secret.slice(12, 32)))
  return found && `${found.slice(0, 6)}… in ${text.slice(0, 200)}`
}

export const p24 = promise(24, 'no secret, token or seal is ever told', [
  everywhere('not in errors, events or explanations, however they are written down', async (bench) => {
    const { said, secrets } = await havoc(bench)
    ok(
      said.length > 25 && bench.events.length > 5,
      `only ${said.length} things said, ${bench.events.length} events`,
    )
    for (const thing of said) same(leaks(flat(thing), secrets), undefined)
  }),
  everywhere('not by toString, JSON.stringify, spread or a template', async (bench) => {
    const sessions = bench.make()
    const { cookie, session } = await turn(sessions, null, (it) => {
      it.data.password = 'hunter2 hunter2 hunter2'
    })
    const secrets = [SECRETS[0], tokenOf(cookie), 'hunter2 hunter2 hunter2']
    for (const thing of [sessions, session]) {
      for (const text of [
        `${thing}`,
        String(thing),
        JSON.stringify({ thing }),
        JSON.stringify({ ...thing }),
        JSON.stringify(Object.entries(thing)),
      ]) {
        same(leaks(text, secrets), undefined)
      }
    }
  }),
  everywhere("not by the runtime's own inspection, hidden members included", async (bench) => {
    const inspect = await inspector()
    if (!inspect) return
    const sessions: Sessions = bench.make()
    const { cookie, session } = await turn(sessions, null, (it) => {
      it.data.password = 'hunter2 hunter2 hunter2'
    })
    const open = await sessions.load(request(cookie))
    const secrets = [SECRETS[0], tokenOf(cookie), 'hunter2 hunter2 hunter2']
    for (const thing of [
      sessions,
      session,
      open,
      sessions.load(request(cookie)),
      { nested: { sessions, open } },
    ]) {
      same(leaks(inspect(thing), secrets), undefined)
    }
  }),
  everywhere('not on the console, where nobody listens', async (bench) => {
    const { console } = globalThis
    const lines: string[] = []
    const kept = { warn: console.warn, log: console.log, error: console.error }
    const note = (...words: unknown[]): void => void lines.push(words.map(flat).join(' '))
    Object.assign(console, { warn: note, log: note, error: note })
    try {
      const sessions = bench.make({ onEvent: undefined } as never)
      const { cookie } = await turn(sessions, null, (it) => {
        it.data.n = 1
      })
      await turn(sessions, carrying(tampered(tokenOf(cookie))))
      await turn(sessions, `session=${tokenOf(cookie)}`)
      await sessions.run(request(null, { url: 'http://example.test/' }), (it) => new Response(it.id))
      same(lines.map((line) => leaks(line, [SECRETS[0], tokenOf(cookie)])).filter(Boolean), [])
    } finally {
      Object.assign(console, kept)
    }
  }),
])

type Inspect = (thing: unknown) => string

async function inspector(): Promise<Inspect | undefined> {
  const name = 'node:util'
  const util = (await import(name).catch(() => undefined)) as
    | { inspect(thing: unknown, options: object): string }
    | undefined
  return util && ((thing) => util.inspect(thing, { depth: 9, showHidden: true, getters: false }))
}
