import { bytesOf, toHex, utf8 } from '../core/bytes.ts'
import { weaknessOf } from '../core/secrets.ts'

/** `k` of secrets and `x` of pairs whose private part stands in RFC 7515, 7517, 7520 and 8037 or on jwt.io. */
const PUBLISHED: readonly string[] = [
  'hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg',
  'qC57l_uxcm7Nm3K-ct4GFjx8tM1U8CZ0NLBvdQstiS8',
  'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
  'EVs_o5-uQbTjL3chynL4wXgUg2R9q9UU8I5mEovUf84',
  '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
]

/** Why somebody knows or could guess what these base64url characters say. */
export function faultOf(text: string): string | undefined {
  if (PUBLISHED.includes(text)) return 'is a sample from documentation, which everybody knows'
  return weaknessOf(bytesOf(text)) ?? weaknessOf(utf8(text))
}

const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn

/** Whether these coordinates are a point of P-256 (SP 800-186 §3.2.1.3). Not every runtime looks when it imports a key. */
export function isOnP256(xText: string, yText: string): boolean {
  const [x, y] = [numberIn(xText), numberIn(yText)]
  return x < P && y < P && (y * y - x * x * x + 3n * x - B) % P === 0n
}

function numberIn(text: string): bigint {
  return BigInt(`0x${toHex(bytesOf(text))}`)
}
