import { BlockList, isIP } from 'node:net'
import { SessionError } from '../index.ts'

/** Whether the proxy at this address, so many hops from here, is to be believed. */
export type Trust = (address: string | undefined, hop: number) => boolean

/** @throws {SessionError} `config` for what does not say whom to believe. */
export function trustIn(proxies: unknown): Trust | undefined {
  if (proxies === undefined) return undefined
  if (Number.isSafeInteger(proxies) && Number(proxies) >= 1) return (_, hop) => hop < Number(proxies)
  if (!Array.isArray(proxies)) throw refusal(proxies)
  const list = new BlockList()
  for (const proxy of proxies) add(list, proxy)
  return (address = '') => isIP(address) !== 0 && list.check(address, familyOf(address))
}

function add(list: BlockList, proxy: unknown): void {
  if (proxy === 'loopback') {
    list.addSubnet('127.0.0.0', 8)
    list.addAddress('::1', 'ipv6')
    return
  }
  const text = typeof proxy === 'string' ? proxy : ''
  const [, address = '', prefix] = /^([^/]*)(?:\/([1-9]\d{0,2}))?$/.exec(text) ?? []
  const version = isIP(address)
  if (version === 0 || Number(prefix ?? 1) > (version === 4 ? 32 : 128)) throw refusal(proxy)
  if (prefix === undefined) list.addAddress(address, familyOf(address))
  else list.addSubnet(address, Number(prefix), familyOf(address))
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6'
}

function refusal(proxies: unknown): SessionError {
  return new SessionError(
    'config',
    `trustProxy: ${JSON.stringify(proxies) ?? String(proxies)} does not say whom to believe, and whoever reaches the port could pass for a proxy. List the proxies' addresses, ['loopback', '10.0.0.0/8', '::1'], or say how many there are.`,
  )
}
