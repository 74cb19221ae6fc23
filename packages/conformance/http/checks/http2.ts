import { connect } from 'node:http2'
import { text } from 'node:stream/consumers'
import { same } from '../../promises/expect.ts'
import { type Check, NAME, type Seen } from '../check.ts'
import { HOST } from '../wire.ts'

/** For the server of node:http2 alone. */
export const http2: readonly Check[] = [
  {
    row: 'T-A14',
    name: 'HTTP/2: a cookie header split into crumbs is joined, and the visitor is known',
    run: async ({ port }) => {
      const client = connect(`http://127.0.0.1:${port}`)
      client.setTimeout(10_000, () => client.destroy(new Error('no answer')))
      const get = async (path: string, cookie?: string[]): Promise<{ lines: string[]; body: string }> => {
        const stream = client.request({ ':path': path, ':authority': HOST, ...(cookie && { cookie }) })
        let lines: string[] = []
        stream.on('response', (headers) => {
          lines = headers['set-cookie'] ?? []
        })
        return { body: await text(stream), lines }
      }
      try {
        const { lines } = await get('/write')
        const [cookie = ''] = lines.map((line) => line.slice(0, line.indexOf(';')))
        same(cookie.startsWith(`${NAME}=`), true)
        for (const crumbs of [
          ['a=b', cookie, 'c=d'],
          [cookie, 'a=b'],
          ['a=b; c=d', cookie],
        ]) {
          same((JSON.parse((await get('/read', crumbs)).body) as Seen).data, { n: '1' })
        }
      } finally {
        client.close()
      }
    },
  },
]
