import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'

/** Where a key and its certificate are. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** A key and a certificate for these names, good for a day. Node makes no certificates, so openssl does. */
export function makeCertificate(folder: string, ...names: readonly string[]): Certificate {
  const [key, cert] = [resolve(folder, 'key.pem'), resolve(folder, 'cert.pem')]
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']
  const subject = ['-subj', `/CN=${names[0]}`, '-addext', `subjectAltName=${names.map((it) => `DNS:${it}`)}`]
  execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', cert], { stdio: 'pipe' })
  return { key, cert }
}
