/** What a runtime says of itself. */
export interface Navigated {
  readonly navigator?: { readonly userAgent?: string }
}

/** Cloudflare's runtime, whose compatibility with Node is written in JavaScript: what the Web has is twice as fast there. */
export function isWorkerd({ navigator }: Navigated): boolean {
  return navigator?.userAgent === 'Cloudflare-Workers'
}
