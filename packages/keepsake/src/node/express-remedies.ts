const COOKIE = 'it goes to the manager: new SessionManager({ cookie: { … } }); the cookie is always HttpOnly.'
const SECRETS =
  'it goes to the manager: new SessionManager({ secrets }); the first seals and signs, all open.'

/** What Keepsake does in place of an option of express-session or cookie-session; by its lower-case name. */
export const REMEDIES: ReadonlyMap<string, string> = new Map([
  ['secret', SECRETS],
  ['keys', SECRETS],
  [
    'store',
    'it goes to the manager: new SessionManager({ store }). A store of express-session does by expressStore of keepsake/express-store.',
  ],
  ['name', 'it goes to the manager: new SessionManager({ cookie: { name } }).'],
  ['key', 'it goes to the manager: new SessionManager({ cookie: { name } }).'],
  ['resave', 'nothing is written unless it has changed, and a session in use is renewed; leave it out.'],
  ['rolling', 'a session in use is renewed, by idleTimeout and renewAfter of the manager; leave it out.'],
  ['saveuninitialized', 'a visitor for whom nothing was written gets no record and no cookie; leave it out.'],
  ['unset', 'req.session = null ends the session, in the store too; leave it out.'],
  ['genid', 'ids are 128 random bits, and public; keep a name of your own in the data.'],
  ['proxy', "trustProxy says whom to believe: ['loopback', '10.0.0.0/8'], or how many proxies there are."],
  [
    'maxage',
    'idleTimeout and lifetime of the manager say it for all, req.session.cookie.maxAge for one session.',
  ],
  [
    'expires',
    'idleTimeout and lifetime of the manager say it for all, req.session.cookie.expires for one session.',
  ],
  ['signed', 'what the visitor holds is always sealed or signed; leave it out.'],
  ['overwrite', 'a response sets a cookie of one name once, always; leave it out.'],
  ['lazy', 'session() has it; req.session of Express can’t wait.'],
  ...['cookie', 'domain', 'path', 'httponly', 'samesite', 'priority', 'partitioned'].map(
    (name) => [name, COOKIE] as const,
  ),
])
