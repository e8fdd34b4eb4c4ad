/**
 * Every script begins with this, and ends with a function `run`. ARGV[1] = the time, empty for the server's; ARGV[2] = how long an ended reservation is
 * remembered. KEYS[1] = the ledger's hash tag, before which all its keys are put:
 *
 *     version, budgets  hash and JSON of the budgets' windows      clock         number and time of the last operation
 *     a:PLACE           an account with its newest record          reservations  all by the time they expire or are forgotten
 *     w:ROW:PLACE       an older record of it                      pools         the names of all a: and w:
 *     b:PLACE           its buckets, in a sliding window           counts        accounts and rows that were opened, by slot
 *     r:ID              a reservation                              lock          somebody changes the budgets
 *
 * A pool's place is SLOT:LABEL.
 */
export const KEYS_AND_CLOCK = String.raw`
local T, REMEMBER_MS, now, seq, at
-- Nothing that is held expires before.
local soonest
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
  writes, opened, expired = {}, {}, {}
end

-- Lua itself prints 14 digits, and Redis cuts what follows the point.
local function text(number)
  if number == math.huge then return 'inf' end
  if number == -math.huge then return '-inf' end
  return string.format('%d', number)
end

local function readClock(clock)
  seq, at, soonest = 0, -math.huge, math.huge
  if clock then seq, at, soonest = struct.unpack('<ddd', clock) end
end
-- The time never decreases, whatever the clock does.
local function takeClock(clock)
  readClock(clock)
  at = math.max(at, now)
end

local function write(key, value)
  writes[#writes + 1] = key
  writes[#writes + 1] = value
end
local function flush()
  write(T .. 'clock', struct.pack('<ddd', seq, at, soonest))
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
