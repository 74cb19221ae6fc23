import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const path = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)

/** Why no browser can be started here; `undefined` if one can. */
export function missing(): string | undefined {
  if (path === undefined) return 'Chromium is not installed (Debian: apt-get install chromium)'
  if (spawnSync('openssl', ['version']).status !== 0)
    return 'openssl is not installed, which makes the certificate'
  return undefined
}

/** Chromium, to which the names of our servers are this machine. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(path !== undefined && { executablePath: path }),
    // Playwright turns off what brings left pages back as they were; people's browsers have it.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
    args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP *.test 127.0.0.1'],
  })
}
