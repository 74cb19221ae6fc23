import { describe, it } from 'vitest'
import { cached } from './cached-kit.ts'
import { failure, type Options } from './kit.ts'

describe('options', () => {
  it.each([
    ['without store', { store: undefined }],
    ['without secrets', { secrets: undefined }],
    ['without maxAge', { cache: {} }],
    ['with a maxAge that is none', { cache: { maxAge: '1 minute' } }],
    ['with a maxAge of nothing', { cache: { maxAge: 0 } }],
    ['with a maxAge that ends sessions in use', { cache: { maxAge: '4d' } }],
    ['with what it does not know', { cache: { maxAge: '1m', ttl: 5 } }],
    ['as a number', { cache: 60 }],
    ['absent, but stale', { cache: undefined, onStoreError: 'stale' }],
    ['with staleFor, but not stale', { staleFor: '1m' }],
    ['with a staleFor that is none', { onStoreError: 'stale', staleFor: 'long' }],
  ])('cache %s is refused', async (_, options) => {
    await failure('config', () => cached().make(options as Options))
  })

  it('cache needs secrets, not only their name', async () => {
    const { counted } = cached()
    const { SessionManager } = await import('../../src/index.ts')
    await failure('config', () => new SessionManager({ store: counted, cache: { maxAge: '1m' } } as never))
  })
})
