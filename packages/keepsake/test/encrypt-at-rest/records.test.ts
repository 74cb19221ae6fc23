import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { encryptAtRest } from '../../src/encrypt-at-rest.ts'
import { MemoryStore, SessionManager } from '../../src/index.ts'
import { fakeClock } from '../../src/testing.ts'
import { begin, bench, failure, request, SECRETS, type Sessions, turn } from '../core/kit.ts'
import { closedOf, locked, plant, textOf } from './kit.ts'

const id = async (sessions: Sessions, cookie: string): Promise<string> =>
  (await turn(sessions, cookie)).session.id

describe('options', () => {
  it('refuses it without a store', async () => {
    const error = await failure('config', () => bench('sealed').make({ encryptAtRest: encryptAtRest() }))
    expect(error.message).toContain('needs a store')
  })

  it.each([true, encryptAtRest, null, {}])('refuses %o', async (value) => {
    const error = await failure('config', () => bench('stored').make({ encryptAtRest: value as never }))
    expect(error.message).toContain('encryptAtRest()')
  })
})

describe('a record', () => {
  it('has its head in the clear, so that it can be listed', async () => {
    const { make, store } = locked()
    const sessions = make()
    const { session } = await turn(sessions, '', (it) => it.login('ada', { label: 'laptop' }))
    expect(await textOf(store, session.id)).toContain('"o":"ada"')
    expect(await sessions.list('ada')).toMatchObject([{ id: session.id, label: 'laptop' }])
    expect(await sessions.revoke(session.id, { owner: 'ada' })).toBe(true)
  })

  it('is not changed by a renewal', async () => {
    const { make, store, clock } = locked({ rotateEvery: '5d' })
    const sessions = make()
    const cookie = await begin(sessions)
    const name = await id(sessions, cookie)
    const before = await store.get(name)
    clock.advance('2h')
    await turn(sessions, cookie)
    const after = await store.get(name)
    expect(after?.value).toBe(before?.value)
    expect(after?.expires.getTime()).toBeGreaterThan(before?.expires.getTime() ?? 0)
  })

  it('keeps its key from write to write, and gets another at login and regenerate', async () => {
    const { make, store } = locked()
    const sessions = make()
    let cookie = await begin(sessions)
    const name = await id(sessions, cookie)
    const wraps = [(await closedOf(store, name)).wraps]
    for (const use of ['write', 'login', 'regenerate']) {
      const next = await turn(sessions, cookie, (session) => {
        session.data.n = use
        if (use === 'login') session.login('ada')
        if (use === 'regenerate') session.regenerate()
      })
      cookie = next.cookie
      wraps.push((await closedOf(store, name)).wraps)
    }
    expect(wraps[1]).toEqual(wraps[0])
    const verifiers = wraps.map((it) => Object.keys(it))
    expect(verifiers.map(({ length }) => length)).toEqual([1, 1, 1, 1])
    expect(new Set(verifiers.flat()).size).toBe(3)
  })

  it('is never written twice alike, so that equal contents do not show', async () => {
    const { make, store } = locked()
    const sessions = make()
    const cookie = await begin(sessions)
    const name = await id(sessions, cookie)
    const boxes = new Set<string>()
    for (const n of [2, 1, 2, 1]) {
      await turn(sessions, cookie, ({ data }) => {
        data.n = n
      })
      boxes.add((await closedOf(store, name)).box)
    }
    expect(boxes.size).toBe(4)
  })

  it('says nothing when it is printed with its key in memory', async () => {
    const { make, store } = locked()
    const { session } = await turn(make(), '', ({ data }) => {
      data.n = 'canary'
    })
    const printed = inspect(session, { depth: 9, showHidden: true }) + JSON.stringify(session)
    expect(printed).not.toContain((await closedOf(store, session.id)).box)
    expect(printed).not.toContain('canary')
  })
})

describe('a damaged or swapped ciphertext', () => {
  const outcomeOf = async (sessions: Sessions, cookie: string): Promise<string> =>
    (await turn(sessions, cookie)).session.outcome

  it('opens nothing in another record, with or without its wraps', async () => {
    const { make, store } = locked()
    const sessions = make()
    const [mine, theirs] = [await begin(sessions, { n: 'mine' }), await begin(sessions, { n: 'theirs' })]
    const [here, there] = [await id(sessions, mine), await id(sessions, theirs)]
    const [own, other] = [await closedOf(store, here), await closedOf(store, there)]
    await plant(store, here, (value) => value.replace(own.box, other.box))
    expect(await outcomeOf(sessions, mine)).toBe('malformed')
    const wrap = (closed: typeof own): string => Object.values(closed.wraps)[0] ?? ''
    await plant(store, here, (value) => value.replace(wrap(own), wrap(other)))
    expect(await outcomeOf(sessions, mine)).toBe('malformed')
    await plant(store, here, (value) => value.replace(wrap(other), wrap(own)).replace(other.box, own.box))
    expect(await outcomeOf(sessions, mine)).toBe('loaded')
  })

  it('opens nothing under another audience, and nothing from before a login', async () => {
    const { make, store } = locked()
    const sessions = make()
    const cookie = await begin(sessions, { n: 'before' })
    const name = await id(sessions, cookie)
    const old = await closedOf(store, name)
    const next = await turn(sessions, cookie, (session) => session.login('ada'))
    const { box } = await closedOf(store, name)
    await plant(store, name, (value) => value.replace(box, old.box))
    expect(await outcomeOf(sessions, next.cookie)).toBe('malformed')
  })

  it.each([
    'box',
    'wrap',
  ])('with any character of its %s changed is malformed, and no error', async (part) => {
    const { make, store, events } = locked()
    const sessions = make()
    const cookie = await begin(sessions, { n: 1 })
    const name = await id(sessions, cookie)
    const { box, wraps } = await closedOf(store, name)
    const text = part === 'box' ? box : (Object.values(wraps)[0] ?? '')
    for (let at = 0; at < text.length; at++) {
      const changed = `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
      await plant(store, name, (value) => value.replace(text, changed))
      const { session, sent } = await turn(sessions, cookie)
      // the first bytes of a wrap are the id of the secret that it is under
      const expected = part === 'wrap' && at < 6 ? /unknown-key|malformed/ : /malformed/
      expect(session.outcome, `character ${at}`).toMatch(expected)
      expect([session.data, sent]).toEqual([{}, []])
      expect(events.at(-1)).toMatchObject({ id: name })
      await plant(store, name, (value) => value.replace(changed, text))
    }
    expect(await outcomeOf(sessions, cookie)).toBe('loaded')
  })

  it.each(['', 'AAAA', '{}', 'null', '{}\n{}'])('or with %o for a box', async (box) => {
    const { make, store } = locked()
    const sessions = make()
    const cookie = await begin(sessions)
    await plant(store, await id(sessions, cookie), (value) => `${value.split('\n', 1)[0]}\n${box}`)
    expect(await outcomeOf(sessions, cookie)).toBe('malformed')
  })

  it.each(['{}', 'true', '{"x":1}', '[]', '"AAAA"'])('or with %s for wraps', async (wraps) => {
    const { make, store } = locked()
    const sessions = make()
    const cookie = await begin(sessions)
    await plant(store, await id(sessions, cookie), (value) => value.replace(/"r":\{.*?\}/, `"r":${wraps}`))
    expect(await outcomeOf(sessions, cookie)).toBe('malformed')
  })

  it('can be ended by its visitor', async () => {
    const { make, store } = locked()
    const sessions = make()
    const cookie = await begin(sessions)
    const name = await id(sessions, cookie)
    await plant(store, name, (value) => `${value.split('\n', 1)[0]}\nAAAA`)
    await turn(sessions, cookie, (session) => session.destroy())
    expect(await store.get(name)).toBeNull()
  })
})

describe('turning it on and off', () => {
  it('opens what was written before, and encrypts it at the next write', async () => {
    const { make, store } = bench('stored')
    const cookie = await begin(make(), { n: 'plain' })
    const sessions = make({ encryptAtRest: encryptAtRest() })
    const { session } = await turn(sessions, cookie)
    expect([session.outcome, session.data]).toEqual(['loaded', { n: 'plain' }])
    expect(await textOf(store, session.id)).toContain('plain')
    await turn(sessions, cookie, ({ data }) => {
      data.more = true
    })
    await closedOf(store, session.id)
    expect((await turn(sessions, cookie)).session.data).toEqual({ n: 'plain', more: true })
  })

  it('waits with that while a secret is in grace that nobody has shown since', async () => {
    const { make, store, clock } = bench('stored', { rotateEvery: '1h' })
    const first = await begin(make())
    clock.advance('2h')
    const { cookie } = await turn(make(), first)
    const sessions = make({ encryptAtRest: encryptAtRest() })
    const name = await id(sessions, cookie)
    expect((await turn(sessions, first)).session.outcome).toBe('loaded')
    expect(await textOf(store, name)).toContain('{"n":1}')
    clock.advance('31s')
    await turn(sessions, cookie, ({ data }) => {
      data.n = 2
    })
    expect(Object.keys((await closedOf(store, name)).wraps)).toHaveLength(1)
  })

  it('makes encrypted sessions malformed when it is off; on again they open', async () => {
    const { make, store, clock } = locked()
    const cookie = await begin(make())
    const off: Sessions = new SessionManager({
      secrets: SECRETS[0],
      store,
      clock: clock.now,
      onEvent: () => {},
    })
    const { session, sent } = await turn(off, cookie)
    expect([session.outcome, sent]).toEqual(['malformed', []])
    expect((await off.explain(request(cookie))).message).toContain('encryptAtRest')
    expect(await id(make(), cookie)).not.toBe(session.id)
    await closedOf(store, await id(make(), cookie))
  })
})

describe('secrets', () => {
  it('wraps with the first, opens with all, and says which one is missing', async () => {
    const { make, clock, events } = locked()
    const old = await begin(make())
    const both = make({ secrets: [SECRETS[1], SECRETS[0]] })
    expect((await turn(both, old)).session.outcome).toBe('loaded')
    clock.advance('2h')
    // the next token's wrap is under the new secret; the present token was signed with the old one
    await turn(both, old)
    clock.advance('1m')
    const { cookie } = await turn(both, old)
    expect((await turn(both, cookie)).session.outcome).toBe('loaded')
    clock.advance('1m')
    await turn(both, cookie, ({ data }) => {
      data.n = 2
    })
    expect((await turn(make({ secrets: SECRETS[1] }), cookie)).session.data).toEqual({ n: 2 })
    expect((await turn(make(), cookie)).session.outcome).toBe('unknown-key')
    expect(events.at(-1)).toMatchObject({ type: 'unknown-key' })
  })

  it('are not needed', async () => {
    const clock = fakeClock()
    const store = new MemoryStore({ clock: clock.now })
    const sessions: Sessions = new SessionManager({
      store,
      clock: clock.now,
      rotateEvery: '1h',
      encryptAtRest: encryptAtRest(),
    })
    let cookie = await begin(sessions, { n: 'canary' })
    for (let hours = 0; hours < 3; hours++) {
      const { session, ...turned } = await turn(sessions, cookie)
      cookie = turned.cookie
      expect(session.data).toEqual({ n: 'canary' })
      expect(await textOf(store, session.id)).not.toContain('canary')
      clock.advance('2h')
    }
  })
})
