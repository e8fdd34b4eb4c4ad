/**
 * Every script begins with this, and ends with a function `run`. ARGV[1] = the time, empty for the server's; ARGV[2] = how long an ended reservation is
 * remembered. KEYS[1] = the ledger's hash tag, before which all its keys are put:
 *
 *     version, budgets  hash and JSON of the budgets' windows      seq, at   number and time of the last operation
 *     a:SLOT:LABEL      an account with its newest record          due       held reservations by the time they expire
 *     w:SLOT:ROW:LABEL  an older record of it                      ended     ended ones by the time they are forgotten
 *     b:SLOT:LABEL      its buckets, in a sliding window
 *     r:ID              a reservation                              pools     the names of all a: and w:
 *     lock              somebody changes the budgets               counts    accounts and rows that were opened, by slot
 */
export const KEYS_AND_CLOCK = String.raw`
local T, REMEMBER_MS, now, seq, at
-- Writes of one operation that need no expiry go out as one.
local writes
-- Names of accounts and older records that the operation has opened.
local opened
-- Reservations that it has expired.
local expired

-- Redis keeps what stands outside of functions from one call to the next.
local function begin(tag, ARGV)
  T, REMEMBER_MS, now = tag .. ':', tonumber(ARGV[2]), tonumber(ARGV[1])
  if not now then
    local time = redis.call('TIME')
    now = time[1] * 1000 + math.floor(time[2] / 1000)
  end
  seq, at, writes, opened, expired = nil, nil, {}, {}, {}
end

-- Lua itself prints 14 digits, and Redis cuts what follows the point.
local function text(number)
  if number == math.huge then return 'inf' end
  if number == -math.huge then return '-inf' end
  return string.format('%.0f', number)
end

local function accountName(slot, label) return 'a:' .. slot .. ':' .. label end
local function ringName(slot, label) return 'b:' .. slot .. ':' .. label end
local function windowName(slot, row, label) return 'w:' .. slot .. ':' .. row .. ':' .. label end

-- The time never decreases, whatever the clock does.
local function takeClock(seqText, atText)
  seq = tonumber(seqText or 0)
  at = math.max(tonumber(atText or '-inf') or -math.huge, now)
end

local function write(key, value)
  writes[#writes + 1] = key
  writes[#writes + 1] = value
end
local function flush()
  write(T .. 'seq', text(seq))
  write(T .. 'at', text(at))
  redis.call('MSET', unpack(writes))
  writes = {}
end
local function writeUntil(key, value, time)
  local ttl = time - now
  if ttl < 1e13 then
    redis.call('SET', key, value, 'PX', text(math.max(1, ttl)))
  else
    write(key, value)
  end
end
`
