/**
 * Makes `crypto.getRandomValues` repeat itself: the same seed gives the same ids, tokens and seals. For tests alone.
 *
 * ```ts
 * const restore = deterministicRandomness(1)
 * try { … } finally { restore() }
 * ```
 *
 * @returns What puts the real randomness back.
 */
export function deterministicRandomness(seed: number): () => void {
  const former = Object.getOwnPropertyDescriptor(crypto, 'getRandomValues')
  const next = generator(seed)
  const value = <T extends ArrayBufferView>(array: T): T => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
    for (let i = 0; i < bytes.length; i++) bytes[i] = next() >>> 24
    return array
  }
  Object.defineProperty(crypto, 'getRandomValues', { value, configurable: true, writable: true })
  return () => {
    if (former) Object.defineProperty(crypto, 'getRandomValues', former)
    else Reflect.deleteProperty(crypto, 'getRandomValues')
  }
}

/** Mulberry32: 32 bits at a time, from any seed. */
function generator(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return mixed ^ (mixed >>> 14)
  }
}
