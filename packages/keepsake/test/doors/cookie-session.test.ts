import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SessionManager } from '../../src/index.ts'
import { expressSession } from '../../src/node.ts'
import { SECRETS } from '../core/kit.ts'
import { cookieOf, type ExpressHandler, makers, sealed, serveExpress, stored } from './express-kit.ts'

const count: ExpressHandler = (req, res) => {
  req.session.views = ((req.session.views as number | undefined) || 0) + 1
  res.end(`${req.session.views} views`)
}

const state: ExpressHandler = ({ session }, res) => {
  res.json([session.isNew, session.isChanged, session.isPopulated])
}

it('has a test for each heading of the README of cookie-session', () => {
  const readme = readFileSync('node_modules/cookie-session/README.md', 'utf8')
  const [, api = ''] = readme.split('## API')
  const headings = Array.from(api.matchAll(/^#{3,} (.+)$/gm), ([, heading = '']) => heading)
  const own = readFileSync(import.meta.filename, 'utf8')
  expect(headings).toContain('Per-user sticky max age')
  expect(headings.filter((heading) => heading !== 'Options' && !own.includes(`it('${heading}`))).toEqual([])
})

describe.each(Object.entries(makers))('expressSession as cookie-session, %s', (_, make) => {
  it('cookieSession(options)', async () => {
    const { visitor } = await serveExpress(make, sealed().sessions, {
      '/': count,
      '/none': (_req, res) => void res.end(),
    })
    expect(cookieOf(await visitor.get('/none'))).toBeUndefined()
    expect([await visitor.text('/'), await visitor.text('/')]).toEqual(['1 views', '2 views'])
    const options = { name: 'session', keys: ['a', 'b'], maxAge: 86_400_000 }
    expect(() => expressSession(options as never)).toThrow(/\nname: .*\nkeys: .*\nmaxAge: /)
  })

  it('name', async () => {
    const { visitor } = await serveExpress(make, sealed({ cookie: { name: 'shop' } }).sessions, {
      '/': count,
    })
    // one cookie, and no second one for its signature
    expect(cookieOf(await visitor.get('/'))).toMatch(/^shop=/)
  })

  it('keys', async () => {
    const [older, newer] = SECRETS
    const served = (secrets: string[]) => serveExpress(make, new SessionManager({ secrets }), { '/': count })
    const { visitor } = await served([older])
    await visitor.get('/')
    const { visitor: after } = await served([newer, older])
    after.plant(`session=${visitor.cookie('session')?.value}`)
    // the whole cookie is sealed again, with all its attributes
    expect(cookieOf(await after.get('/'))).toMatch(
      /^session=.*; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    const { visitor: later } = await served([newer])
    later.plant(`session=${after.cookie('session')?.value}`)
    expect(await later.text('/')).toBe('3 views')
  })

  it('secret', () => {
    expect(() => new SessionManager({ secrets: undefined })).toThrow(/npx keepsake secret/)
    expect(() => new SessionManager({ secrets: 'a' })).toThrow(/npx keepsake secret/)
  })

  it('Cookie Options', async () => {
    const cookie = { domain: 'example.test', path: '/', sameSite: 'none', secure: true } as const
    const more = { partitioned: true, priority: 'low' } as const
    const { sessions } = sealed({ cookie: { ...cookie, ...more }, idleTimeout: '1h' })
    const { visitor } = await serveExpress(make, sessions, { '/': count })
    const attributes =
      'Domain=example.test; Path=/; Secure; HttpOnly; SameSite=None; Partitioned; Priority=Low'
    expect(cookieOf(await visitor.get('/'))).toContain(`; Max-Age=3600; ${attributes}`)
    const signed = (): unknown => expressSession(sessions, { signed: true, overwrite: true } as object)
    expect(signed).toThrow(/signed is not an option: what the visitor holds is always sealed or signed/)
  })

  it('req.session', async () => {
    const { visitor } = await serveExpress(make, sealed().sessions, {
      '/': count,
      '/replace': (req, res) => {
        req.session = { user: 'ada' }
        res.json(req.session)
      },
      '/odd': (req) => {
        Object.assign(req, { session: 'aString' })
      },
    })
    await visitor.get('/')
    expect(await visitor.text('/replace')).toBe('{"user":"ada"}')
    expect(await visitor.text('/')).toBe('1 views')
    expect((await visitor.get('/odd')).status).toBe(500)
  })

  it('.isChanged', async () => {
    const { visitor } = await serveExpress(make, sealed().sessions, {
      '/': (req, res) => {
        const before = req.session.isChanged
        req.session.nested = { list: [1] }
        res.json([before, req.session.isChanged])
      },
    })
    expect(await visitor.text('/')).toBe('[false,true]')
    expect(await visitor.text('/')).toBe('[false,false]')
  })

  it('.isNew', async () => {
    const { visitor } = await serveExpress(make, sealed().sessions, { '/': count, '/state': state })
    expect(await visitor.text('/state')).toBe('[true,false,false]')
    await visitor.get('/')
    expect(await visitor.text('/state')).toBe('[false,false,true]')
  })

  it('.isPopulated', async () => {
    const { visitor } = await serveExpress(make, sealed().sessions, {
      '/': count,
      '/empty': (req, res, next) => {
        req.session = {}
        void state(req, res, next)
      },
    })
    await visitor.get('/')
    expect(await visitor.text('/empty')).toBe('[false,true,false]')
  })

  it('req.sessionOptions', async () => {
    const { sessions } = sealed({ idleTimeout: '1h' })
    const { visitor } = await serveExpress(make, sessions, {
      '/': (req, res, next) => {
        const before = req.sessionOptions.maxAge
        req.sessionOptions.maxAge = 7_200_000
        req.session.was = before
        void count(req, res, next)
      },
      '/other': (req, res, next) => {
        req.sessionOptions.expires = undefined
        void count(req, res, next)
      },
      '/domain': (req) => {
        Object.assign(req.sessionOptions, { domain: 'example.test' })
      },
    })
    expect(cookieOf(await visitor.get('/'))).toContain('; Max-Age=7200;')
    // kept with the session, so that the next request repeats it
    expect(cookieOf(await visitor.get('/other'))).toContain('; Max-Age=7200;')
    expect((await visitor.get('/domain')).status).toBe(500)
  })

  it('Destroying a session', async () => {
    const { visitor } = await serveExpress(make, sealed().sessions, {
      '/': count,
      '/end': (req, res) => {
        req.session = null
        res.end(String(req.session))
      },
    })
    await visitor.get('/')
    expect(await visitor.text('/end')).toBe('null')
    expect(visitor.cookie('session')).toBeUndefined()
    expect(await visitor.text('/')).toBe('1 views')
  })

  it('Saving a session', async () => {
    const { visitor } = await serveExpress(make, sealed().sessions, {
      '/': count,
      '/read': (req, res) => void res.end(String(req.session.views)),
      '/odd': (req, res) => {
        req.session.views = () => 1
        res.end('fine')
      },
    })
    expect(cookieOf(await visitor.get('/'))).toBeDefined()
    expect(cookieOf(await visitor.get('/read'))).toBeUndefined()
    // what can't be saved is an error, not a line in a log
    expect((await visitor.get('/odd')).status).toBe(500)
  })

  it('Simple view counter example', async () => {
    const { visitor } = await serveExpress(make, sealed().sessions, { '/': count }, { trustProxy: 1 })
    expect([await visitor.text('/'), await visitor.text('/')]).toEqual(['1 views', '2 views'])
  })

  it('Per-user sticky max age', async () => {
    const { sessions } = sealed({ idleTimeout: '1h' })
    const sticky: ExpressHandler = (req, res, next) => {
      req.sessionOptions.maxAge = (req.session.maxAge as number | undefined) || req.sessionOptions.maxAge
      void count(req, res, next)
    }
    const { visitor } = await serveExpress(make, sessions, {
      '/': sticky,
      '/long': (req, res) => {
        req.session.maxAge = 86_400_000
        res.end()
      },
    })
    expect(cookieOf(await visitor.get('/'))).toContain('; Max-Age=3600;')
    await visitor.get('/long')
    expect(cookieOf(await visitor.get('/'))).toContain('; Max-Age=86400;')
    // in a store a new time takes a new token; the same time again takes none
    const { visitor: other } = await serveExpress(make, stored().sessions, { '/': sticky, '/count': count })
    expect(cookieOf(await other.get('/count'))).toBeDefined()
    expect(cookieOf(await other.get('/'))).toBeUndefined()
  })

  it('Extending the session expiration', async () => {
    const { sessions, clock } = sealed({ idleTimeout: '1h', renewAfter: '5m' })
    const { visitor } = await serveExpress(make, sessions, {
      '/': count,
      '/read': (req, res) => void res.end(String(req.session.views)),
    })
    await visitor.get('/')
    for (let times = 0; times < 3; times++) {
      clock.advance('50m')
      const response = await visitor.get('/read')
      expect([await response.text(), cookieOf(response)]).toEqual(['1', expect.stringContaining('Max-Age')])
    }
    clock.advance('1m')
    expect(cookieOf(await visitor.get('/read'))).toBeUndefined()
  })

  it('Using a custom signature algorithm', async () => {
    // there is one, HMAC-SHA-256, and it is readable as theirs is; the default encrypts
    const { sessions } = sealed({ protection: 'sign' })
    const { visitor } = await serveExpress(make, sessions, { '/': count })
    await visitor.get('/')
    const seal = Buffer.from(visitor.cookie('session')?.value ?? '', 'base64url').toString('latin1')
    expect(seal).toContain('{"views":1}')
  })

  it('Max Cookie Size', async () => {
    const { visitor, errors } = await serveExpress(make, sealed().sessions, {
      '/': (req, res) => {
        req.session.long = 'x'.repeat(5_000)
        res.end('fine')
      },
    })
    const response = await visitor.get('/')
    expect([response.status, cookieOf(response)]).toEqual([500, undefined])
    expect(errors).toEqual([expect.objectContaining({ code: 'too_large', limit: 4096 })])
  })
})
