const REDIRECTS = [301, 302, 303, 307, 308]

/** Where a redirect within the origin leads; `null` for all else. */
export function targetOf(response: Response, url: URL): URL | null {
  const location = response.headers.get('location')
  if (location === null || !REDIRECTS.includes(response.status)) return null
  const target = new URL(location, url)
  return target.origin === url.origin ? target : null
}

/** A form once posted is not posted again, except where the status asks for it (Fetch §4.4, step 12). */
export function redirected<Init extends RequestInit>(init: Init, status: number): Init {
  const method = init.method?.toUpperCase() ?? 'GET'
  const becomesGet = status === 303 ? method !== 'HEAD' : status < 303 && method === 'POST'
  if (!becomesGet) return init
  const headers = new Headers(init.headers)
  for (const name of ['content-type', 'content-length', 'content-encoding', 'content-language'])
    headers.delete(name)
  return { ...init, method: 'GET', headers, body: null }
}
