/**
 * `core/budget/sliding.ts`. A = width of a bucket, B = buckets. The ring stands under a name of its own, of which only the
 * pairs that are needed are read and written, 16 bytes each; it may go when all its buckets have left. The newest bucket's pair
 * stands in the record: most operations need no other.
 */
export const SLIDING = {
  both: String.raw`
local NEWEST, TOTAL_SPENT, TOTAL_HELD, NEWEST_SPENT, NEWEST_HELD = OWN, OWN + 1, OWN + 2, OWN + 3, OWN + 4
local sliding = { columns = OWN + 4, shown = OWN + 2, hasRing = true }

local function bucketOf(r, at) return math.floor(at / r[A]) end

-- Of the ring, counted from 0.
local function placeOf(r, bucket)
  local live = r[B] + 1
  return bucket - live * math.floor(bucket / live)
end

local function pairInRing(r, bucket)
  local from = 16 * placeOf(r, bucket)
  local pair = redis.call('GETRANGE', r.ring, from, from + 15)
  if #pair < 16 then return 0, 0 end
  return struct.unpack('<dd', pair)
end

local function putInRing(r, bucket, spent, held)
  redis.call('SETRANGE', r.ring, 16 * placeOf(r, bucket), struct.pack('<dd', spent, held))
end

local function put(r, bucket, spent, held)
  add(r, TOTAL_SPENT, spent)
  add(r, TOTAL_HELD, held)
  if bucket == r[NEWEST] then
    add(r, NEWEST_SPENT, spent)
    add(r, NEWEST_HELD, held)
  else
    local oldSpent, oldHeld = pairInRing(r, bucket)
    putInRing(r, bucket, oldSpent + spent, oldHeld + held)
  end
end

local function wholeRing(r)
  local ring = redis.call('GET', r.ring) or ''
  ring = ring .. string.rep('\0', 16 * (r[B] + 1) - #ring)
  local before = 16 * placeOf(r, r[NEWEST])
  local newest = struct.pack('<dd', r[NEWEST_SPENT], r[NEWEST_HELD])
  return string.sub(ring, 1, before) .. newest .. string.sub(ring, before + 17)
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
  putInRing(r, newest, r[NEWEST_SPENT], r[NEWEST_HELD])
  local first = math.max(newest + 1, bucket - r[B])
  if first > newest + 1 then
    r[TOTAL_SPENT], r[TOTAL_HELD] = 0, 0
  else
    for leaving = first, bucket do
      local spent, held = pairInRing(r, leaving)
      add(r, TOTAL_SPENT, -spent)
      add(r, TOTAL_HELD, -held)
    end
  end
  local place, count = placeOf(r, first), bucket - first + 1
  local unbroken = math.min(count, r[B] + 1 - place)
  clear(r, place, unbroken)
  clear(r, 0, count - unbroken)
  r[NEWEST], r[NEWEST_SPENT], r[NEWEST_HELD] = bucket, 0, 0
  expireRing(r)
end

function sliding.isOver() return false end

function sliding.free(r, cap, at)
  local newest, oldest = r[NEWEST], bucketOf(r, at) - r[B]
  if oldest > newest then return cap end
  local total = r[TOTAL_SPENT] + r[TOTAL_HELD]
  for bucket = newest - r[B], oldest - 1 do
    local spent, held = pairInRing(r, bucket)
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
  moveOn(r, at)
  holdInPool(r, cap, amount)
  put(r, bucketOf(r, at), 0, amount)
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
