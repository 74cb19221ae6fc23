import { describe, expect, test } from 'vitest'
import { backings, begin, bench, NAME, request, type Visit } from './kit.ts'

const write = ({ data }: Visit): void => {
  data.n = 2
}

describe.each(backings)('%s', (backing) => {
  const setUp = () => {
    const { make, events } = bench(backing)
    return { sessions: make(), types: () => events.map(({ type }) => type) }
  }

  test('a response that lost our cookie gets it again, and that is reported once', async () => {
    const { sessions, types } = setUp()
    const session = await sessions.load(request())
    write(session)
    const first = await sessions.commit(session, new Response('first'))
    const second = await sessions.commit(session, new Response('another'))
    expect(second.headers.getSetCookie()).toEqual(first.headers.getSetCookie())
    expect(types()).toEqual(['cookie-dropped'])
    await sessions.commit(session, second)
    expect(types()).toEqual(['cookie-dropped'])
  })

  test('a handler’s own cookie of our name gives way, the others stay as they were', async () => {
    const { sessions } = setUp()
    const response = new Response('ok')
    for (const line of ['a=1', `${NAME}=mine; Path=/`, 'a=2; Path=/x'])
      response.headers.append('set-cookie', line)
    const session = await sessions.load(request())
    write(session)
    const sent = (await sessions.commit(session, response)).headers.getSetCookie()
    expect(sent.slice(0, 2)).toEqual(['a=1', 'a=2; Path=/x'])
    expect(sent).toHaveLength(3)
    expect(sent[2]).toMatch(new RegExp(`^${NAME}=(?!mine)`))
  })

  test('a public response that sets the session is closed, and that is reported with the id', async () => {
    const { make, events } = bench(backing)
    const sessions = make()
    const session = await sessions.load(request())
    write(session)
    const headers = { 'cache-control': 'public, max-age=60' }
    const sent = await sessions.commit(session, new Response('ok', { headers }))
    expect(sent.headers.get('cache-control')).toBe('no-store')
    expect(events).toEqual([{ type: 'public-response', id: session.id }])
  })

  test('an untouched session leaves the very response, cookie or none', async () => {
    const { sessions } = setUp()
    for (const cookie of ['', await begin(sessions), `${NAME}=junk`]) {
      const response = new Response('ok', { headers: { 'cache-control': 'public' } })
      expect(await sessions.commit(await sessions.load(request(cookie)), response)).toBe(response)
    }
  })

  test('one that was only read from varies on the cookie, and is private', async () => {
    const { sessions } = setUp()
    const session = await sessions.load(request(await begin(sessions)))
    session.data
    const sent = await sessions.commit(session, new Response('ok', { headers: { vary: 'Accept' } }))
    expect([sent.headers.get('vary'), sent.headers.getSetCookie()]).toEqual(['Accept, Cookie', []])
  })

  test('the body goes through unread', async () => {
    const { sessions } = setUp()
    let pulled = 0
    const body = new ReadableStream(
      {
        pull: (controller) => {
          pulled++
          controller.enqueue(new TextEncoder().encode('x'))
          if (pulled === 3) controller.close()
        },
      },
      { highWaterMark: 0 },
    )
    const session = await sessions.load(request())
    write(session)
    const sent = await sessions.commit(session, new Response(body))
    expect(pulled).toBe(0)
    expect(await sent.text()).toBe('xxx')
  })
})
