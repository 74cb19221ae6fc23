import { everywhere, on, promise, signedTokens } from './cases.ts'
import { ok, same } from './expect.ts'
import { bare, begin, bytesOf, carrying, NAME, request, tampered, textOf, tokenOf, turn } from './moves.ts'

const LETTERS = [
  'A',
  '_',
  '-',
  '.',
  '=',
  '"',
  '%',
  ' ',
  '\t',
  ',',
  '\\',
  '/',
  '+',
  '~',
  '\u00ff',
  '\u0080',
  '{',
  '0',
  NAME,
  `${NAME}=`,
  ';',
  '; ',
]

/** Repeats itself for the same seed. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const hostile = (value: string): string[] => [
  '',
  '=',
  ';'.repeat(5_000),
  '='.repeat(5_000),
  `${NAME}`,
  `${NAME}=`,
  `${NAME}==`,
  `${NAME}="${value}"`,
  `${NAME}=${value}=`,
  `${NAME}=${value}%3D`,
  `${NAME} =${value}`,
  `${NAME}=${value}${'A'.repeat(5_000)}`,
  carrying('A'.repeat(4_096)),
  carrying('A'.repeat(16_000)),
  carrying('A'.repeat(200_000)),
  Array.from({ length: 3_000 }, (_, i) => `c${i}=x`).join('; '),
  Array.from({ length: 300 }, (_, i) => carrying(`${i}`)).join('; '),
  carrying('..'),
  carrying('...'),
  carrying('.'.repeat(4_000)),
  carrying('{"id":"admin"}'),
  carrying('__proto__'),
  '__proto__=x; constructor=y',
  carrying(`%${value.charCodeAt(0).toString(16)}${value.slice(1)}`),
  carrying('\u00ff\u00fe'),
  `${NAME}-ended=${'.'.repeat(4_000)}; ${carrying(value)}`,
]

export const p26 = promise(26, 'whatever bytes a client sends', [
  everywhere(
    'no hostile Cookie header throws or becomes a 500, nor opens or costs anything',
    async (bench) => {
      const sessions = bench.make()
      const cookie = bare(await begin(sessions))
      for (const header of hostile(tokenOf(cookie))) {
        bench.store.forget()
        const response = await sessions.run(request(header), (session) => new Response(`${session.isNew}`))
        same(response.status, 200, header.slice(0, 80))
        if (!header.endsWith(`; ${cookie}`)) same(await response.text(), 'true', header.slice(0, 80))
        ok(bench.store.calls.length <= 4, `${bench.store.calls.length} store calls`)
        const { outcome } = await sessions.explain(request(header))
        ok(typeof outcome === 'string', 'no outcome')
      }
    },
  ),
  on('sealed', 'no garbled marker of a former logout stops the next one', async (bench) => {
    const sessions = bench.make()
    const markers = [
      '"',
      '\u00ff',
      'a"b.c',
      ' x ',
      '\\',
      ','.repeat(30),
      'A'.repeat(4_000),
      `${'A'.repeat(22)}.`.repeat(200),
    ]
    for (const marker of markers) {
      const cookie = await begin(sessions)
      const out = await turn(sessions, `${cookie}; ${NAME}-ended=${marker}`, (session) => session.destroy())
      ok(
        out.sent.some((line) => line.startsWith(`${NAME}=;`)),
        `not cleared: ${marker.slice(0, 20)}`,
      )
      same((await turn(sessions, `${cookie}; ${out.cookie}`)).session.outcome, 'revoked')
    }
  }),
  everywhere('nor do two thousand random ones', async (bench) => {
    const sessions = bench.make()
    const cookie = await begin(sessions)
    const next = random(7)
    for (let i = 0; i < 2_000; i++) {
      const parts = Array.from({ length: next(12) }, () => LETTERS[next(LETTERS.length)] as string)
      const header = next(2) ? parts.join('') : carrying(parts.join('').replaceAll(';', ''))
      const session = await sessions.load(request(header))
      same([session.isNew, session.data], [true, {}], header)
    }
    same((await turn(sessions, cookie)).session.outcome, 'loaded')
  }),
  everywhere('no cookie with any one character changed opens as another session', async (bench) => {
    const sessions = bench.make()
    const cookie = await begin(sessions)
    const { id } = (await turn(sessions, cookie)).session
    const value = tokenOf(cookie)
    for (let at = 0; at < value.length; at++) {
      const { session } = await turn(sessions, carrying(tampered(value, at)))
      // without a MAC the two numbers in a token are the client's own; they say nothing that is trusted
      if (!bench.world.secrets && !session.isNew) same([session.id, session.data], [id, { n: 1 }])
      else same(session.isNew, true, `character ${at}`)
    }
    for (let length = 0; length < value.length; length++) {
      const { session } = await turn(sessions, carrying(value.slice(0, length)))
      same(session.isNew, true, `cut at ${length}`)
    }
  }),
  everywhere('of each session there is exactly one spelling', async (bench) => {
    const sessions = bench.make()
    const value = tokenOf(await begin(sessions))
    for (const other of [
      `${value}=`,
      `${value}A`,
      ` ${value}x`,
      value.replaceAll('-', '+').replaceAll('_', '/'),
      `${value}.`,
      `"${value}"`,
    ]) {
      if (other === value) continue
      same((await turn(sessions, carrying(other))).session.isNew, true, other)
    }
    const end = value.at(-1) as string
    for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
      if (last !== end)
        same((await turn(sessions, carrying(value.slice(0, -1) + last))).session.isNew, true, last)
    }
  }),
  on(signedTokens, 'made-up tokens never reach the store', async (bench) => {
    const sessions = bench.make()
    const bytes = bytesOf(tokenOf(await begin(sessions)))
    const next = random(11)
    bench.store.forget()
    for (let i = 0; i < 500; i++) {
      const forged = bytes.slice()
      forged[next(forged.length)] = (forged[next(forged.length)] as number) ^ (1 + next(255))
      const value = textOf(forged)
      if (value !== textOf(bytes)) await turn(sessions, carrying(value))
    }
    ok(bench.store.calls.length === 0, `${bench.store.calls.length} store calls`)
  }),
  on('stored', 'a record that somebody garbled is no session, and no error', async (bench) => {
    const sessions = bench.make()
    const garbage = [
      '',
      'null',
      '[]',
      '{}\n{}\n{}',
      '{"t":1}\n{}\n{}',
      '\n\n',
      '{"c":"x","i":{},"e":1,"t":null}\n{}\n{}',
      '{}\n[]\n{}',
      '\0',
    ]
    for (const value of garbage) {
      const { cookie, session } = await turn(sessions, null, (it) => {
        it.data.n = 1
      })
      const before = await bench.store.peek(session.id)
      await bench.store.update(session.id, value, before?.expires ?? new Date(), before?.version ?? 0)
      const found = (await turn(sessions, bare(cookie))).session
      same([found.isNew, found.data], [true, {}], JSON.stringify(value))
    }
  }),
  on('stored', 'nor is one of which a part is missing or of another kind', async (bench) => {
    const sessions = bench.make()
    for (const part of ['c', 'i', 'e', 't']) {
      for (const wrong of [undefined, null, 'x', -1, 1.5, {}, []]) {
        const { cookie, session } = await turn(sessions, null, (it) => {
          it.data.n = 1
        })
        const before = await bench.store.peek(session.id)
        const [head = '', ...rest] = (before?.value ?? '').split('\n')
        const value = [JSON.stringify({ ...JSON.parse(head), [part]: wrong }), ...rest].join('\n')
        await bench.store.update(session.id, value, before?.expires ?? new Date(), before?.version ?? 0)
        const found = (await turn(sessions, bare(cookie))).session
        if (part !== 'e' || wrong === undefined || wrong === null) {
          same([found.isNew, found.data], [true, {}], `${part} is ${JSON.stringify(wrong)}`)
        }
      }
    }
  }),
  everywhere('strange methods, URLs and headers are no trouble either', async (bench) => {
    const sessions = bench.make()
    const cookie = await begin(sessions)
    const strange = [
      { url: 'https://example.test/%00%ff', method: 'PURGE', headers: { origin: 'null', referer: '::::' } },
      { url: 'http://[::1]:1/', method: 'POST', headers: { origin: 'not a url', 'sec-fetch-site': 'x' } },
      { url: 'https://example.test/', method: 'OPTIONS', headers: { 'x-forwarded-for': 'x'.repeat(5_000) } },
      { url: 'https://example.test/', method: 'GET', headers: { host: 'a b\u00ff', forwarded: ';;;=' } },
    ]
    for (const { url, method, headers } of strange) {
      const asked = {
        url,
        method,
        headers: {
          get: (name: string) =>
            name === 'cookie' ? cookie : ((headers as Record<string, string>)[name] ?? null),
        },
      }
      const session = await sessions.load(asked)
      ok(typeof session.isNew === 'boolean', 'no session')
    }
  }),
])
