import { describe } from 'vitest'
import { tries } from './jwt-flaws.ts'
import { bytesOf, textOf } from './kit.ts'

describe('T-J15 an ECDSA signature', () => {
  const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
  const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n
  const number = (value: bigint, length = 32): Buffer =>
    Buffer.from(value.toString(16).padStart(2 * length, '0'), 'hex')
  const der = (own: Buffer): Buffer => Buffer.concat([Buffer.from([0x02, own.length + 1, 0]), own])

  tries(
    {
      'r and s at the edges': ([header, payload]) => {
        const edges = [0n, 1n, N - 1n, N, N + 1n, P - N, P, 2n ** 256n - 1n]
        return edges.flatMap((r) =>
          edges.map((s) => `${header}.${payload}.${textOf(Buffer.concat([number(r), number(s)]))}`),
        )
      },
      'r or s that is right, beside an edge': ([header, payload, signature = '']) => {
        const [r, s] = [bytesOf(signature).subarray(0, 32), bytesOf(signature).subarray(32)]
        return [0n, 1n, N - 1n, N]
          .map((edge) => number(edge))
          .flatMap((edge) => [Buffer.concat([r, edge]), Buffer.concat([edge, s])])
          .concat(Buffer.concat([s, r]))
          .map((other) => `${header}.${payload}.${textOf(other)}`)
      },
      'r and s of other lengths': ([header, payload, signature = '']) => {
        const [r, s] = [bytesOf(signature).subarray(0, 32), bytesOf(signature).subarray(32)]
        const [bigR, bigS] = [r, s].map((half) => number(BigInt(`0x${half.toString('hex')}`) + N, 33))
        const zero = Buffer.alloc(1)
        const sequence = Buffer.concat([der(r), der(s)])
        return [
          Buffer.concat([zero, r, zero, s]),
          Buffer.concat([bigR as Buffer, number(BigInt(`0x${s.toString('hex')}`), 33)]),
          Buffer.concat([number(BigInt(`0x${r.toString('hex')}`), 33), bigS as Buffer]),
          Buffer.concat([r, s, Buffer.alloc(64)]),
          Buffer.concat([Buffer.from([0x30, sequence.length]), sequence]),
          r,
        ].map((other) => `${header}.${payload}.${textOf(other)}`)
      },
    },
    ['ES256'],
  )
})

describe('T-J15 an Ed25519 signature', () => {
  const L = 2n ** 252n + 27742317777372353535851937790883648493n
  const little = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse()

  tries(
    {
      'an s that is not reduced': ([header, payload, signature = '']) => {
        const [r, s] = [bytesOf(signature).subarray(0, 32), bytesOf(signature).subarray(32)]
        const own = BigInt(`0x${Buffer.from(s).reverse().toString('hex')}`)
        return [1n, 2n, 4n, 8n].map(
          (times) => `${header}.${payload}.${textOf(Buffer.concat([r, little(own + times * L)]))}`,
        )
      },
      'points of small order': ([header, payload]) => {
        const points = [little(0n), little(1n), little(2n ** 255n - 20n), Buffer.alloc(32, 0xff)]
        return points.flatMap((r) =>
          [0n, 1n, L - 1n, L].map((s) => `${header}.${payload}.${textOf(Buffer.concat([r, little(s)]))}`),
        )
      },
    },
    ['EdDSA'],
  )
})
