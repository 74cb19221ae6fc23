import { everywhere, promise } from './cases.ts'
import { same } from './expect.ts'
import { begin, turn } from './moves.ts'

type Data = Record<string, unknown>

const START = {
  cart: {
    lines: [
      { sku: 'a', count: 1 },
      { sku: 'b', count: 2 },
    ],
    note: null,
  },
  word: 'plumless',
  flag: false,
  numbers: [1, 2, 3],
}

/** How data may change; the second word of the pair has the CRC-32 of the first. */
const CHANGES: Readonly<Record<string, (data: typeof START & Data) => unknown>> = {
  'a number four levels down': (data) => {
    for (const line of data.cart.lines) line.count++
  },
  'a member added four levels down': (data) => Object.assign(data.cart.lines[1] as object, { gift: true }),
  'a member deleted four levels down': (data) =>
    Reflect.deleteProperty(data.cart.lines[0] as object, 'count'),
  'a push': (data) => data.numbers.push(4),
  'an element replaced': (data) => data.numbers.splice(1, 1, 7),
  'an order': (data) => data.numbers.reverse(),
  'null for a text': (data) => Object.assign(data.cart, { note: '' }),
  'false for true': (data) => Object.assign(data, { flag: true }),
  'a text for the same number': (data) => Object.assign(data, { numbers: ['1', 2, 3] }),
  'the least of a number': (data) => Object.assign(data.numbers, { 0: 1 + Number.EPSILON }),
  'a word of the same length and checksum': (data) => Object.assign(data, { word: 'buckeroo' }),
  'a key removed': (data) => Reflect.deleteProperty(data, 'cart'),
  'all keys removed': (data) => {
    for (const key of Object.keys(data)) delete data[key]
  },
}

export const p04 = promise(4, 'any change to data is saved', [
  ...Object.entries(CHANGES).map(([name, change]) =>
    everywhere(`${name} is noticed`, async (bench) => {
      const sessions = bench.make()
      const cookie = await begin(sessions, (session) => {
        session.data = structuredClone(START)
      })
      const expected = structuredClone(START)
      change(expected)
      const changed = await turn(sessions, cookie, (session) => change(session.data as typeof START))
      same((await turn(sessions, changed.cookie)).session.data, expected)
    }),
  ),
  everywhere('assigning to data replaces everything', async (bench) => {
    const sessions = bench.make()
    const cookie = await begin(sessions, (session) => {
      session.data = { a: 1, b: 2 }
    })
    const changed = await turn(sessions, cookie, (session) => {
      session.data = { b: 3 }
    })
    same((await turn(sessions, changed.cookie)).session.data, { b: 3 })
  }),
  everywhere('a change made and taken back writes nothing', async (bench) => {
    const sessions = bench.make()
    const cookie = await begin(sessions)
    bench.store.forget()
    const { sent } = await turn(sessions, cookie, (session) => {
      session.data.n = 2
      session.data.n = 1
    })
    same([sent, bench.store.count('update')], [[], 0])
  }),
  everywhere('flash is kept until it is taken, and then gone', async (bench) => {
    const sessions = bench.make()
    const set = await turn(sessions, await begin(sessions), (session) => session.flash('notice', 'saved'))
    const peeked = await turn(sessions, set.cookie, (session) => same(session.peek('notice'), 'saved'))
    const taken = await turn(sessions, peeked.cookie, (session) => same(session.take('notice'), 'saved'))
    await turn(sessions, taken.cookie, (session) => same(session.take('notice'), undefined))
  }),
  everywhere('flash and data of the same name do not meet, nor do they meet methods', async (bench) => {
    const sessions = bench.make()
    const names = ['owner', 'save', 'constructor', 'toString', 'expires', 'id', 'k', 'hasOwnProperty']
    const cookie = await begin(sessions, (session) => {
      for (const name of names) {
        same(session.data[name], undefined, `data.${name} of a new session`)
        session.data[name] = `data ${name}`
        session.flash(name, `flash ${name}`)
      }
    })
    const { session } = await turn(sessions, cookie)
    for (const name of names)
      same([session.data[name], session.peek(name)], [`data ${name}`, `flash ${name}`])
    same(session.owner, undefined)
  }),
])
