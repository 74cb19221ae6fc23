import { everywhere, promise } from './cases.ts'
import { fails, ok, same } from './expect.ts'
import { begin, turn } from './moves.ts'

class Money {
  readonly cents = 1
}

function cycle(): unknown {
  const self: Record<string, unknown> = {}
  self.self = self
  return self
}

function named(): unknown {
  return Object.assign([1], { name: 'x' })
}

const REFUSED: Readonly<Record<string, () => unknown>> = {
  Date: () => new Date(0),
  Map: () => new Map([[1, 2]]),
  Set: () => new Set([1]),
  Uint8Array: () => new Uint8Array(2),
  ArrayBuffer: () => new ArrayBuffer(2),
  bigint: () => 1n,
  symbol: () => Symbol('s'),
  function: () => () => 1,
  'a class instance': () => new Money(),
  NaN: () => Number.NaN,
  Infinity: () => Number.POSITIVE_INFINITY,
  '-Infinity': () => Number.NEGATIVE_INFINITY,
  'a cycle': cycle,
  Error: () => new Error('x'),
  RegExp: () => /x/,
  Promise: () => Promise.resolve(1),
  URL: () => new URL('https://example.test'),
  'a text object': () => Object('text'),
  'an array with a hole': () => new Array(2),
  'an array with undefined': () => [undefined],
  'an array with a name': named,
  'an object with toJSON': () => ({ toJSON: () => 1 }),
  'an object with a symbol key': () => ({ [Symbol('s')]: 1 }),
  'an object with a hidden member': () => Object.defineProperty({}, 'hidden', { value: 1 }),
  'the key __proto__': () => JSON.parse('{"__proto__":{"admin":true}}'),
  'an object that inherits': () => Object.create({ inherited: 1 }),
}

export const p05 = promise(5, "what can't be kept is an error that names its path", [
  ...Object.entries(REFUSED).map(([name, make]) =>
    everywhere(`${name} is refused wherever it is, and nothing is saved`, async (bench) => {
      const sessions = bench.make()
      const cookie = await begin(sessions)
      bench.store.forget()
      const places: Readonly<Record<string, (value: unknown) => unknown>> = {
        'data.when': (value) => value,
        'data.when.in': (value) => ({ in: value }),
        'data.when[1]': (value) => [0, value],
        'data.when.a[0].b': (value) => ({ a: [{ b: value }] }),
      }
      for (const [path, wrap] of Object.entries(places)) {
        const { path: at, message } = await fails('invalid_data', () =>
          turn(sessions, cookie, (session) => {
            session.data.when = wrap(make())
          }),
        )
        ok(at?.startsWith(path), `named ${at}, not ${path}`)
        ok(message.includes(path), `the message does not name the path: ${message}`)
      }
      same([bench.store.count('create'), bench.store.count('update')], [0, 0], 'writes')
      same((await turn(sessions, cookie)).session.data, { n: 1 })
    }),
  ),
  everywhere('flash is checked as data is', async (bench) => {
    const { path } = await fails('invalid_data', () =>
      turn(bench.make(), null, (session) => session.flash('notice', new Date() as never)),
    )
    same(path, 'flash.notice')
  }),
  everywhere('data itself takes only a plain object', async (bench) => {
    const sessions = bench.make()
    const cookie = await begin(sessions)
    for (const value of [new Map(), new Date(), new Money(), [1], 'text', null, 1, () => 1]) {
      const { path } = await fails('invalid_data', () =>
        turn(sessions, cookie, (session) => {
          session.data = value as never
        }),
      )
      same(path, 'data')
    }
    same((await turn(sessions, cookie)).session.data, { n: 1 })
  }),
  everywhere('update refuses the same', async (bench) => {
    const sessions = bench.make()
    const { path } = await fails('invalid_data', () =>
      turn(sessions, null, (session) =>
        sessions.update(session, (data) => {
          data.when = new Date()
        }),
      ),
    )
    same(path, 'data.when')
  }),
  everywhere('undefined removes, at any depth', async (bench) => {
    const sessions = bench.make()
    const cookie = await begin(sessions, (session) => {
      session.data = { a: 1, b: { c: 1, d: 2 } }
    })
    const changed = await turn(sessions, cookie, (session) => {
      session.data.a = undefined
      Object.assign(session.data.b as object, { c: undefined })
    })
    same((await turn(sessions, changed.cookie)).session.data, { b: { d: 2 } })
  }),
  everywhere('texts of any characters come back as they were', async (bench) => {
    const texts = [
      '',
      '\0',
      '\ud800',
      '\u2028\n\r\t"\\',
      '\ufeff',
      '😀',
      '__proto__',
      '~',
      'é',
      'é'.normalize('NFD'),
    ]
    const sessions = bench.make()
    const cookie = await begin(sessions, (session) => {
      session.data = {
        texts,
        keys: Object.fromEntries(texts.filter((key) => key !== '__proto__').map((key) => [key, key])),
      }
    })
    const { data } = (await turn(sessions, cookie)).session
    same(data.texts, texts)
    for (const key of texts.filter((it) => it !== '__proto__'))
      same((data.keys as Record<string, unknown>)[key], key)
  }),
])
