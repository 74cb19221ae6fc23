import { Hono } from 'hono'
import { describe, expectTypeOf, it } from 'vitest'
import { client } from '../../src/bind.ts'
import { type CsrfFailure, csrf } from '../../src/csrf.ts'
import { type Binding, type Carrier, type Session, SessionManager } from '../../src/index.ts'
import { bearer, header } from '../../src/transport.ts'

const secrets = process.env.SESSION_SECRET

describe('values from doors', () => {
  it('transport', () => {
    expectTypeOf(bearer).returns.toEqualTypeOf<Carrier>()
    expectTypeOf(header).parameters.toEqualTypeOf<[name: string]>()
    new SessionManager({ secrets, transport: bearer({ webSocket: 'session' }) })
    // @ts-expect-error a name is no transport
    new SessionManager({ secrets, transport: 'bearer' })
  })

  it('bind', () => {
    expectTypeOf(client).returns.toEqualTypeOf<Binding>()
    new SessionManager({ secrets, bind: client(['user-agent'], { onMismatch: 'report' }) })
    // @ts-expect-error there is no such policy
    client(['user-agent'], { onMismatch: 'block' })
    // @ts-expect-error headers are given by client()
    new SessionManager({ secrets, bind: ['user-agent'] })
  })

  it('csrf', () => {
    interface Data {
      cart: string[]
    }
    const forms = csrf(new SessionManager<Data>({ secrets }))
    expectTypeOf(forms.token).parameter(0).toEqualTypeOf<Session<Data>>()
    expectTypeOf(forms.check).returns.resolves.toEqualTypeOf<Response | undefined>()
    new Hono().use(forms.middleware)
    csrf(new SessionManager({ secrets }), {
      onFailure: (_, failure) => {
        expectTypeOf(failure).toEqualTypeOf<CsrfFailure>()
        return undefined
      },
    })
    // @ts-expect-error tokens are always needed, or where it is unsure
    csrf(new SessionManager({ secrets }), { tokens: 'never' })
  })
})
