import { type Context, Hono } from 'hono'
import { describe, expectTypeOf, it } from 'vitest'
import { type SessionEnv, session } from '../../src/hono.ts'
import type { Session, SessionManager } from '../../src/index.ts'

interface Data {
  cart: string[]
}
interface Flash {
  notice: string
}
interface Admin {
  role: 'reader' | 'writer'
}
interface Bindings {
  readonly SESSION_SECRET: string
}

declare const sessions: SessionManager<Data, Flash>
declare const admins: SessionManager<Admin>
declare const made: (env: Bindings) => SessionManager<Data, Flash>

describe('c.var.session', () => {
  it('is typed in a chain', () => {
    new Hono().use(session(sessions)).get('/', (c) => {
      expectTypeOf(c.var.session).toEqualTypeOf<Session<Data, Flash>>()
      expectTypeOf(c.get('session').data.cart).toEqualTypeOf<string[] | undefined>()
      return c.text(c.var.session.take('notice') ?? '')
    })
  })

  it('is typed where the middleware is given to the route', () => {
    new Hono().get('/', session(sessions), (c) => {
      expectTypeOf(c.var.session).toEqualTypeOf<Session<Data, Flash>>()
      return c.text('')
    })
  })

  it('is typed under a name of its own, beside another', () => {
    new Hono()
      .use(session(sessions))
      .use('/admin/*', session(admins, { name: 'admin' }))
      .get('/', (c) => {
        expectTypeOf(c.var.session).toEqualTypeOf<Session<Data, Flash>>()
        expectTypeOf(c.var.admin).toEqualTypeOf<Session<Admin>>()
        return c.text('')
      })
  })

  it('is not there without the middleware', () => {
    new Hono().get('/', (c) => {
      // @ts-expect-error nobody has put a session on it
      return c.text(c.var.session.owner ?? '')
    })
  })

  it('is a function when lazy', () => {
    new Hono().use(session(sessions, { lazy: true })).get('/', (c) => {
      expectTypeOf(c.var.session).toEqualTypeOf<() => Promise<Session<Data, Flash>>>()
      return c.text('')
    })
  })

  it('is a named function when named and lazy', () => {
    new Hono().use(session(admins, { name: 'admin', lazy: true })).get('/', (c) => {
      expectTypeOf(c.var.admin).toEqualTypeOf<() => Promise<Session<Admin>>>()
      return c.text('')
    })
  })

  it('is typed where the manager is made of the bindings', () => {
    new Hono<{ Bindings: Bindings }>().use(session(made)).get('/', (c) => {
      expectTypeOf(c.var.session).toEqualTypeOf<Session<Data, Flash>>()
      expectTypeOf(c.env).toEqualTypeOf<Bindings>()
      return c.text('')
    })
  })
})

describe('SessionEnv', () => {
  it('types files of their own', () => {
    type Variables = SessionEnv<typeof sessions>['Variables']
    expectTypeOf<Variables>().toEqualTypeOf<{ session: Session<Data, Flash> }>()
    const app = new Hono<SessionEnv<typeof sessions>>().use(session(sessions))
    app.get('/', (c) => {
      expectTypeOf(c.var.session).toEqualTypeOf<Session<Data, Flash>>()
      return handler(c)
    })
    app.route('/', new Hono<SessionEnv<typeof sessions>>())
  })

  it('takes the options as a type', () => {
    expectTypeOf<SessionEnv<typeof admins, { name: 'admin' }>['Variables']>().toEqualTypeOf<{
      admin: Session<Admin>
    }>()
    expectTypeOf<SessionEnv<typeof admins, { lazy: true }>['Variables']>().toEqualTypeOf<{
      session: () => Promise<Session<Admin>>
    }>()
  })

  it('joins another', () => {
    const app = new Hono<SessionEnv<typeof sessions> & SessionEnv<typeof admins, { name: 'admin' }>>()
    app.use(session(sessions), session(admins, { name: 'admin' }))
    app.get('/', (c) => {
      expectTypeOf(c.var.session).toEqualTypeOf<Session<Data, Flash>>()
      expectTypeOf(c.var.admin).toEqualTypeOf<Session<Admin>>()
      return c.text('')
    })
  })

  it('brings the bindings a manager is made of', () => {
    new Hono<SessionEnv<typeof made>>().use(session(made)).get('/', (c) => {
      expectTypeOf(c.env).toEqualTypeOf<Bindings>()
      expectTypeOf(c.var.session).toEqualTypeOf<Session<Data, Flash>>()
      return c.text('')
    })
  })
})

function handler(c: Context<SessionEnv<typeof sessions>>): Response {
  c.var.session.flash('notice', 'saved')
  // @ts-expect-error the notice is a text
  c.var.session.flash('notice', 1)
  // @ts-expect-error the session has no such key
  c.var.session.data.basket = []
  return c.text('')
}
