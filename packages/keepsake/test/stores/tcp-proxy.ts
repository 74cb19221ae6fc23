import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** What a network does to the answers of a server: lets them pass, ends every connection, holds them back, or ends midway. */
export type Weather = 'fair' | 'cuts' | 'delays' | 'truncates'

/** A network between a client and a server. */
export interface TcpProxy {
  readonly port: number
  /** From now on; what was held back under the former goes on its way. */
  turn(weather: Weather): void
  close(): Promise<void>
}

/** Stands before a port of this machine. */
export async function startProxy(target: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  let weather: Weather = 'fair'
  let held: (() => void)[] = []

  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }

  const answer = (client: Socket, chunk: Buffer): void => {
    if (weather === 'delays') held.push(() => client.write(chunk))
    else if (weather === 'truncates') client.write(chunk.subarray(0, chunk.length / 2), cut)
    else client.write(chunk)
  }

  const proxy = createServer((client) => {
    if (weather === 'cuts') {
      client.destroy()
      return
    }
    const server = connect(target, '127.0.0.1')
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(one)
      one.on('error', () => one.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
    client.on('data', (chunk) => server.write(chunk))
    server.on('data', (chunk) => answer(client, chunk))
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')

  const turn = (next: Weather): void => {
    weather = next
    if (next === 'cuts') cut()
    for (const go of held) go()
    held = []
  }
  const close = async (): Promise<void> => {
    const closed = once(proxy, 'close')
    proxy.close()
    cut()
    await closed
  }
  return { port: (proxy.address() as AddressInfo).port, turn, close }
}
