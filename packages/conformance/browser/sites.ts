import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { SessionManager } from 'keepsake'
import { csrf } from 'keepsake/csrf'
import { makeCertificate } from './certificate.ts'

/** 32 random bytes; they guard nothing. */
const secrets = 'u7KpXz2mRw9sQfLd4vBnYc0jTgHe5aVi8oMk1xZqE3U'

const APP = 'shop.test'
const built = resolve(import.meta.dirname, '../.built')

/** What the app knew of who sent something. */
export interface Sender {
  readonly owner: string | null
  readonly origin: string | null
  /** A session's cookie came with it. */
  readonly cookie: boolean
}

/** An app at shop.test, and other hosts whose pages send something to it. */
export interface Sites {
  /** Where a host is to be found. */
  at(host: string): string
  /** What came to a path of the app, and was not refused. */
  readonly came: (path: string) => Sender | undefined
  /** The origins that were refused at a path of the app. */
  readonly refused: (path: string) => readonly string[]
  close(): void
}

/** Every host answers with a page of forms; the app's own also logs in, and keeps what it is sent. */
export async function openSites(...others: readonly string[]): Promise<Sites> {
  mkdirSync(built, { recursive: true })
  const folder = mkdtempSync(resolve(built, 'sites-'))
  const { key, cert } = makeCertificate(folder, APP, ...others)
  const sessions = new SessionManager({ secrets, onEvent: () => {} })
  const forms = csrf(sessions)
  const came = new Map<string, Sender>()
  const refusals: { readonly path: string; readonly origin: string }[] = []

  async function answer(request: Request): Promise<Response> {
    const { host, hostname, pathname } = new URL(request.url)
    const socket = request.headers.has('upgrade')
    if (hostname !== APP || (request.method === 'GET' && !socket)) return pageOf(host)
    const refused = pathname.startsWith('/checked') && (await forms.check(request))
    if (refused) refusals.push({ path: pathname, origin: request.headers.get('origin') ?? '' })
    if (refused) return refused
    return sessions.run(request, (session) => {
      const { headers } = request
      const sender = {
        owner: session.owner ?? null,
        origin: headers.get('origin'),
        cookie: headers.has('cookie'),
      }
      came.set(pathname, sender)
      if (pathname === '/login') session.login('ada')
      return Response.json(sender, { status: socket ? 426 : 200 })
    })
  }

  const server = createServer(
    { key: readFileSync(key), cert: readFileSync(cert) },
    getRequestListener(answer),
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    at: (host) => `https://${host}:${port}`,
    came: (path) => came.get(path),
    refused: (path) => refusals.filter((it) => it.path === path).map(({ origin }) => origin),
    close: () => {
      server.close()
      server.closeAllConnections()
      rmSync(folder, { recursive: true })
    },
  }
}

/** A page with a form for each path of the app. */
function pageOf(host: string): Response {
  const app = `https://${APP}:${host.split(':')[1]}`
  const forms = ['/login', '/act', '/checked/act'].map(
    (path) => `<form method="post" action="${app}${path}"><button>${path}</button></form>`,
  )
  return new Response(`<!doctype html><title>${host}</title>${forms.join('')}`, {
    headers: { 'content-type': 'text/html' },
  })
}
