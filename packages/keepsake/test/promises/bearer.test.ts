import { expect, test } from 'vitest'
import { promises } from '../../../conformance/promises/index.ts'
import { casesOf } from '../../../conformance/promises/prove.ts'
import { open, worlds } from '../../../conformance/promises/world.ts'
import { library } from './bearer-library.ts'

/** Cases that a token in a header can't have, and why. */
const APART: Readonly<Record<string, readonly string[]>> = {
  'it is of the options of the cookie': [
    'P9 so is the development cookie, in a browser',
    'P9 the cookie is cleared with the name, path and domain it was set with',
    'P10 keep says what survives a login; by default all does where nobody else can plant the cookie',
    'P17 SameSite=None and Partitioned are Secure too',
    'P17 evidence once seen holds for the life of the manager, and is reported with the Host',
    'P17 on plain http to this machine it is neither prefixed nor Secure',
    'P17 plain http elsewhere is reported, with the remedy',
    'P17 the limit is 4096 bytes of name and value, exactly',
    'P17 unless anything speaks against it',
    'P22 name and audience do not run together',
    'P22 not under another cookie name',
    'P23 a former cookie of the app is read after ours, and expired at the next write',
  ],
  'there is no Max-Age: the client keeps its token as long as it likes': [
    'P2 Max-Age is set once, to the absolute limit',
    'P18 Max-Age follows the idle limit, up to the absolute one',
    'P18 Max-Age reaches to the absolute limit',
    'P18 but never beyond lifetime',
    'P18 nothing lasts over 400 days',
    'P18 remember with a duration keeps one longer, and shows it in a browser',
  ],
  'a request has one Authorization': [
    'P23 a retired copy beside the present token is no theft',
    'P23 at most four are tried',
    'P23 exactly one authenticates: it is used, wherever it stands, and reported',
    'P23 explain says how many, and what to do',
    'P23 of one id the newest generation is used, in the midst of a rotation',
    'P23 of one id the newest revision is used',
    'P23 the same cookie twice counts once',
    'P23 two different ids authenticate: anonymous, reported, and nothing is deleted',
  ],
  'a logout leaves no marker: the client itself drops what comes late': [
    'P3 a renewal that arrives after the logout restores nothing',
    "P3 another user's login ends the former session in this browser, too",
    'P3 logout leaves a marker that names the ended id for ten minutes, as hidden as the session',
    'P3 two logouts within ten minutes are both remembered',
    'P26 no garbled marker of a former logout stops the next one',
  ],
  'it needs several cookies, or the marker': [
    'P28 outcome says it, explain says it in a sentence with the remedy, one event reports it',
  ],
  'an error brings cookies, no headers': [
    'P12 a destroy it asked for is carried out, and its cookie put on the page that reports the error',
    'P27 a failed destroy rejects, and supplies the expiring cookie',
    'P27 through run as well',
  ],
  'it names the header that Vary names; test/core/response.test.ts has both': ['P16 Vary is added to, once'],
}

const apart = Object.values(APART).flat()
/** A snapshot is a cookie, so there is none beside a transport. */
const headed = worlds.filter(({ cached }) => !cached)
const cases = headed.flatMap((world) =>
  promises.flatMap((promised) =>
    casesOf(promised, world).map(({ name, run }) => ({ name: `P${promised.number} ${name}`, world, run })),
  ),
)

for (const { name, world, run } of cases.filter((it) => !apart.includes(it.name))) {
  test(`${name} [bearer, ${world.name}]`, async () => run(await open(world, library)))
}

test('what is left out is there, and every promise has more', () => {
  const names = cases.map(({ name }) => name)
  expect(apart.filter((name) => !names.includes(name))).toEqual([])
  const proved = new Set(names.filter((name) => !apart.includes(name)).map((name) => name.split(' ', 1)[0]))
  expect(proved.size).toBe(promises.length)
})
