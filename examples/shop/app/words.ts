import { type Html, html } from './html.ts'

const BROWSERS = [
  ['Edge', /\bEdg(?:e|A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Chrome', /\b(?:Headless)?(?:Chrome|Chromium|CriOS)\//],
  ['Safari', /\bSafari\//],
] as const

const SYSTEMS = [
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Android', /\bAndroid\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMac OS X\b/],
  ['Linux', /\bLinux\b/],
] as const

/** `Firefox on Windows`: enough to recognise a device by, too little to fingerprint it. */
export function userAgentLabel(userAgent: string | undefined): string {
  const named = (names: readonly (readonly [string, RegExp])[], fallback: string): string =>
    names.find(([, pattern]) => pattern.test(userAgent ?? ''))?.[0] ?? fallback
  return `${named(BROWSERS, 'A browser')} on ${named(SYSTEMS, 'an unknown system')}`
}

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const absolute = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** A time as people say it (`5 minutes ago`, `in 7 days`), with the exact one for machines and on hover. */
export function when(time: number): Html {
  const difference = time - Date.now()
  const unit = UNITS.find(([, ms]) => Math.abs(difference) >= ms)
  const text = unit ? relative.format(Math.round(difference / unit[1]), unit[0]) : 'just now'
  return html`<time datetime="${new Date(time).toISOString()}" title="${exactly(time)}">${text}</time>`
}

/** `20 November 2026 at 14:05 UTC`. */
export function exactly(time: number): string {
  return `${absolute.format(time)} UTC`
}
