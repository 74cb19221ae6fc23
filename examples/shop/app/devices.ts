import type { Context } from 'hono'
import { type Html, html } from './html.ts'
import type { ShopEnv, ShopSessions } from './sessions.ts'
import { userAgentLabel, when } from './words.ts'

interface Device {
  readonly id: string
  readonly label: string
  readonly createdAt: number
  readonly lastSeenAt: number
}

/** Where somebody is signed in: all of it with a store, this device alone without. */
export async function devices(c: Context<ShopEnv>, sessions: ShopSessions): Promise<Html> {
  const { session } = c.var
  const { id, createdAt, lastSeenAt } = session
  const here = { id, createdAt, lastSeenAt, label: userAgentLabel(c.req.header('user-agent')) }
  if (!sessions.capabilities.listable) return html`<h2>Your devices</h2>${list([here], id)}${sealedNote}`

  const others = (await sessions.list(String(session.owner), { limit: 50 }))
    .filter((device) => device.id !== id)
    .map((device) => ({ ...device, label: device.label ?? 'A browser' }))
    .sort((a, b) => b.lastSeenAt - a.lastSeenAt)
  return html`<h2>Your devices</h2>${list([here, ...others], id)}${others.length > 0 ? signOutOthers : ''}`
}

const sealedNote = html`<p class="soft">This shop runs with sealed cookies: each browser carries its own session, and the shop keeps
  no list of them. So only this device is shown, and no other can be signed out from here.</p>`

const signOutOthers = html`<form method="post" action="/account/devices/sign-out-others">
  <button class="quiet">Sign out all other devices</button></form>`

function list(items: readonly Device[], here: string): Html {
  return html`<ul class="rows">${items.map((device) => row(device, device.id === here))}</ul>`
}

function row({ id, label, createdAt, lastSeenAt }: Device, isHere: boolean): Html {
  return html`<li>
    <div class="what">
      <h3>${label}${isHere ? html` <span class="badge">this device</span>` : ''}</h3>
      <p class="soft">Last seen ${isHere ? 'just now' : when(lastSeenAt)} · Signed in ${when(createdAt)}</p>
    </div>
    ${
      isHere
        ? html`<form method="post" action="/sign-out"><button class="quiet" aria-label="Sign out this device">Sign out</button></form>`
        : html`<form method="post" action="/account/devices/sign-out"><input type="hidden" name="id" value="${id}">
            <button class="quiet" aria-label="Sign out ${label}">Sign out</button></form>`
    }
  </li>`
}
