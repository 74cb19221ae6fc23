import { everywhere, promise } from './cases.ts'
import { ok, same } from './expect.ts'
import { begin, NAME, request, settled } from './moves.ts'
import type { Visit } from './world.ts'

const write = (session: Visit): void => {
  session.data.n = 2
}
const ours = (response: Response): number =>
  response.headers.getSetCookie().filter((line) => line.startsWith(`${NAME}=`)).length

export const p15 = promise(15, 'it works on every response', [
  everywhere('a redirect, whose headers are immutable', async (bench) => {
    const redirect = Response.redirect('https://example.test/next', 303)
    const response = await bench.make().run(request(), (session) => {
      write(session)
      return redirect
    })
    same(
      [response.status, response.headers.get('location'), ours(response)],
      [303, 'https://example.test/next', 1],
    )
  }),
  everywhere('responses without a body', async (bench) => {
    for (const status of [204, 205, 304]) {
      const response = await bench.make().run(request(), (session) => {
        write(session)
        return new Response(null, { status, headers: { etag: '"x"' } })
      })
      same(
        [response.status, response.headers.get('etag'), response.body, ours(response)],
        [status, '"x"', null, 1],
      )
    }
  }),
  everywhere('error responses, with their status text', async (bench) => {
    const response = await bench.make().run(request(), (session) => {
      write(session)
      return new Response('teapot', { status: 418, statusText: 'Short and stout' })
    })
    same(
      [response.status, response.statusText, await response.text(), ours(response)],
      [418, 'Short and stout', 'teapot', 1],
    )
  }),
  everywhere('a stream goes through as it comes, never buffered', async (bench) => {
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined
    const stream = new ReadableStream<Uint8Array>({
      start: (it) => {
        controller = it
      },
    })
    const response = await bench.make().run(request(), (session) => {
      write(session)
      return new Response(stream)
    })
    same(ours(response), 1, 'answered before the stream began')
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    for (const part of ['one', 'two']) {
      controller?.enqueue(new TextEncoder().encode(part))
      const { value } = await reader.read()
      same(new TextDecoder().decode(value), part)
    }
    controller?.close()
    same((await reader.read()).done, true)
  }),
  everywhere('101 keeps its own object, because nobody can build another', async (bench) => {
    const sessions = bench.make()
    const upgrade = new Response(null)
    Object.defineProperty(upgrade, 'status', { value: 101 })
    const response = await sessions.run(request(), (session) => {
      write(session)
      return upgrade
    })
    ok(response === upgrade, 'the upgrade was replaced')
    same(ours(response), 1)
  }),
  everywhere('other Set-Cookie headers stay as they were, each by itself', async (bench) => {
    const others = [
      'a=1; Path=/; Expires=Thu, 01 Jan 2032 00:00:00 GMT',
      'b=2, 3; HttpOnly',
      'session=not ours',
      'a=2; Path=/x',
    ]
    const sessions = bench.make()
    for (const use of [write, (session: Visit) => session.data]) {
      const response = await sessions.run(request(await begin(sessions)), (session) => {
        use(session)
        const page = new Response('ok')
        for (const line of others) page.headers.append('set-cookie', line)
        return page
      })
      same(
        response.headers.getSetCookie().filter((line) => !line.startsWith(NAME)),
        others,
      )
    }
  }),
  everywhere('the response it is given is never changed: two visitors may share one', async (bench) => {
    const sessions = bench.make()
    const shared = new Response(null, {
      status: 200,
      headers: { 'cache-control': 'public, max-age=60', 'x-a': 'b' },
    })
    const before = [...shared.headers]
    for (const use of [write, (session: Visit) => session.data, (session: Visit) => session.login('ada')]) {
      const response = await sessions.run(request(await begin(sessions)), (session) => {
        use(session)
        return shared
      })
      ok(response !== shared, 'the shared response went out')
      same(response.headers.get('x-a'), 'b')
    }
    same([...shared.headers], before, 'the shared response was changed')
  }),
  everywhere('a response out of fetch, immutable, with its body', async (bench) => {
    const fetched = await fetch('data:text/plain,hello')
    const response = await bench.make().run(request(), (session) => {
      write(session)
      return fetched
    })
    await settled()
    same([ours(response), await response.text()], [1, 'hello'])
  }),
])
