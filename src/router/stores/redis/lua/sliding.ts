/**
 * `core/budget/sliding.ts`. A = width of a bucket, B = buckets. The ring stands under a name of its own, of which only the
 * pairs that are needed are read and written, 16 bytes each; it may go when all its buckets have left.
 */
export const SLIDING = {
  both: String.raw`
local NEWEST, TOTAL_SPENT, TOTAL_HELD = OWN, OWN + 1, OWN + 2
local sliding = { columns = OWN + 2, hasRing = true }

local function bucketOf(r, at) return math.floor(at / r[A]) end

-- Of the ring, counted from 0.
local function placeOf(r, bucket)
  local live = r[B] + 1
  return bucket - live * math.floor(bucket / live)
end

local function pairOf(r, bucket)
  local from = 16 * placeOf(r, bucket)
  local pair = redis.call('GETRANGE', r.ring, from, from + 15)
  if #pair < 16 then return 0, 0 end
  return struct.unpack('<dd', pair)
end

local function put(r, bucket, spent, held)
  local oldSpent, oldHeld = pairOf(r, bucket)
  local pair = struct.pack('<dd', oldSpent + spent, oldHeld + held)
  redis.call('SETRANGE', r.ring, 16 * placeOf(r, bucket), pair)
  add(r, TOTAL_SPENT, spent)
  add(r, TOTAL_HELD, held)
end

-- All buckets have left.
function sliding.idleFrom(r) return (r[NEWEST] + r[B] + 1) * r[A] end

local function expireRing(r)
  local ttl = math.max(sliding.idleFrom(r), at) - now + REMEMBER_MS
  if ttl < 1e13 then redis.call('PEXPIRE', r.ring, text(ttl)) end
end
`,
  admit: String.raw`
local function clear(r, place, count)
  if count > 0 then redis.call('SETRANGE', r.ring, 16 * place, string.rep('\0', 16 * count)) end
end

local function moveOn(r, at)
  local bucket, newest = bucketOf(r, at), r[NEWEST]
  if bucket <= newest then return end
  local first = math.max(newest + 1, bucket - r[B])
  if first > newest + 1 then
    r[TOTAL_SPENT], r[TOTAL_HELD] = 0, 0
  else
    for leaving = first, bucket do
      local spent, held = pairOf(r, leaving)
      add(r, TOTAL_SPENT, -spent)
      add(r, TOTAL_HELD, -held)
    end
  end
  local place, count = placeOf(r, first), bucket - first + 1
  local unbroken = math.min(count, r[B] + 1 - place)
  clear(r, place, unbroken)
  clear(r, 0, count - unbroken)
  r[NEWEST] = bucket
  expireRing(r)
end

function sliding.isOver() return false end

function sliding.free(r, cap, at)
  local newest, oldest = r[NEWEST], bucketOf(r, at) - r[B]
  if oldest > newest then return cap end
  local total = r[TOTAL_SPENT] + r[TOTAL_HELD]
  for bucket = newest - r[B], oldest - 1 do
    local spent, held = pairOf(r, bucket)
    total = total - (spent + held)
  end
  return cap - total
end

function sliding.begin(r, at)
  r[START], r[END] = at, math.huge
  r[NEWEST] = bucketOf(r, at)
  redis.call('DEL', r.ring)
end

function sliding.hold(r, cap, amount, at)
  local isNew = r[RESERVATIONS] == 0
  moveOn(r, at)
  holdInPool(r, cap, amount)
  put(r, bucketOf(r, at), 0, amount)
  if isNew then expireRing(r) end
end
`,
  end: String.raw`
local function isAlive(r, bucket) return bucket >= r[NEWEST] - r[B] end

local function putLate(r, bucket, spent, held)
  put(r, bucket, spent, held)
  if at >= sliding.idleFrom(r) then expireRing(r) end
end

function sliding.finish(r, e)
  endInPool(r, e.held, e.charged)
  local bucket = bucketOf(r, e.admittedAt)
  if not isAlive(r, bucket) then return end
  putLate(r, bucket, e.charged, -e.held)
  notePeak(r, r[TOTAL_SPENT])
end

function sliding.refund(r, e)
  add(r, SPENT, -e.amount)
  local bucket = bucketOf(r, e.admittedAt)
  if isAlive(r, bucket) then putLate(r, bucket, -e.amount, 0) end
end
`,
} as const
