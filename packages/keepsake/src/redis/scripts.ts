import { toHex, utf8 } from '../core/bytes.ts'

/** A script that the server runs as one step on one key, so that it works in a cluster too. */
export class Script {
  readonly text: string
  #sha = ''

  constructor(text: string) {
    this.text = text
  }

  /** The name by which a server knows it once it ran there. */
  async sha(): Promise<string> {
    this.#sha ||= toHex(new Uint8Array(await crypto.subtle.digest('SHA-1', utf8(this.text))))
    return this.#sha
  }
}

// a time to live, not a date: the clock is the app's, whatever the server's says
const READ = `
local text = redis.call('GET', KEYS[1]) or '0 0  0  '
local version, expires, owner, kept, mark, value = text:match('^(%d+) (%d+) (%S*) (%d+) (%S*) (.*)$')
local live = tonumber(expires) > tonumber(ARGV[1])
local function set(text)
  redis.call('SET', KEYS[1], text, 'PX', string.format('%.0f', math.max(1, ARGV[2] - ARGV[1])))
  return 'done'
end
`

// by both clocks, the app's and the server's: one that is wrong then hides no record that lives
const TIDY = `
local time = redis.call('TIME')
local now = math.min(ARGV[1], time[1] * 1000 + time[2] / 1000)
local function keptUntil(entry) return tonumber(entry:match(' (%d+)$')) end
local function tidy(entries)
  for _, entry in ipairs(entries) do
    if keptUntil(entry) + 60000 <= now then redis.call('ZREM', KEYS[1], entry) end
  end
  return entries
end
`

/** On a record; now, expires, mark, text. A command that a client sent twice finds its own mark. */
export const CREATE: Script = new Script(`${READ}
if live then return version == '1' and mark == ARGV[3] and 'done' or 'refused' end
return set(ARGV[4])`)

/** On a record; now, expires, version, owner, until when the owner's entry is kept or 0, mark, value. */
export const UPDATE: Script = new Script(`${READ}
local following = string.format('%.0f', ARGV[3] + 1)
if live and version == following and mark == ARGV[6] then return 'done' end
if not live or version ~= ARGV[3] then return 'refused' end
if ARGV[4] ~= '' and ARGV[5] == '0' then
  if owner ~= ARGV[4] or tonumber(kept) < tonumber(ARGV[2]) then return 'unowned ' .. ARGV[4] end
else
  kept = ARGV[5]
end
return set(table.concat({ following, ARGV[2], ARGV[4], kept, ARGV[6], ARGV[7] }, ' '))`)

/** On a record; now, expires, version, its owner as far as known, until when the owner's entry is kept or 0. */
export const TOUCH: Script = new Script(`${READ}
if not live or version ~= ARGV[3] then return 'refused' end
if owner ~= '' then
  if owner == ARGV[4] and ARGV[5] ~= '0' then kept = ARGV[5] end
  if tonumber(kept) < tonumber(ARGV[2]) then return 'unowned ' .. owner end
end
return set(table.concat({ version, ARGV[2], owner, kept, mark, value }, ' '))`)

/** On a record; 0. Answers whose it was, and until when the entry is kept. */
export const REMOVE: Script = new Script(`${READ}
redis.call('DEL', KEYS[1])
return 'removed ' .. owner .. ' ' .. kept`)

/**
 * On an owner; now, id, until when to keep its entry. Answers until when it is kept. Every change that needs an entry
 * writes one of its own, so that none goes with the record of another. Ids are random, so the entries after this one
 * are a fair sample of what is to be tidied.
 */
export const OWN: Script = new Script(`${TIDY}
local id, kept = ARGV[2], tonumber(ARGV[3])
for _, entry in ipairs(tidy(redis.call('ZRANGEBYLEX', KEYS[1], '[' .. id .. ' ', '(' .. id .. '!'))) do
  kept = math.max(kept, keptUntil(entry) + 1)
end
tidy(redis.call('ZRANGEBYLEX', KEYS[1], '(' .. id .. '!', '+', 'LIMIT', 0, 2))
local text = string.format('%.0f', kept)
redis.call('ZADD', KEYS[1], 0, id .. ' ' .. text)
local left = math.max(1, kept - ARGV[1]) + 60000
if redis.call('PTTL', KEYS[1]) < left then redis.call('PEXPIRE', KEYS[1], string.format('%.0f', left)) end
return text`)

/** On an owner; an entry. */
export const DISOWN: Script = new Script(`return redis.call('ZREM', KEYS[1], ARGV[1])`)

/** On an owner; now, the id before the first wanted, how many. Answers entries: id and until when it is kept. */
export const PAGE: Script = new Script(`${TIDY}
return tidy(redis.call('ZRANGEBYLEX', KEYS[1], '(' .. ARGV[2] .. '!', '+', 'LIMIT', 0, ARGV[3]))`)
