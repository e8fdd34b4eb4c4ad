/** `core/budget/sliding.ts`. A = width of a bucket, B = buckets; the ring's pairs are 16 bytes each. */
export const SLIDING = String.raw`
local NEWEST, TOTAL_SPENT, TOTAL_HELD = OWN, OWN + 1, OWN + 2
local sliding = { columns = OWN + 2 }

function sliding.pairs(r) return r[B] + 1 end

local function bucketOf(r, at) return math.floor(at / r[A]) end

-- Of the ring, counted from 0.
local function placeOf(r, bucket)
  local live = r[B] + 1
  return bucket - live * math.floor(bucket / live)
end

local function pairOf(r, bucket)
  return struct.unpack('<dd', r.ring, 16 * placeOf(r, bucket) + 1)
end

local function put(r, bucket, spent, held)
  local before = 16 * placeOf(r, bucket)
  local oldSpent, oldHeld = struct.unpack('<dd', r.ring, before + 1)
  local pair = struct.pack('<dd', oldSpent + spent, oldHeld + held)
  r.ring = string.sub(r.ring, 1, before) .. pair .. string.sub(r.ring, before + 17)
  add(r, TOTAL_SPENT, spent)
  add(r, TOTAL_HELD, held)
end

local function clear(r, place, count)
  if count <= 0 then return end
  local zeros = string.rep('\0', 16 * count)
  r.ring = string.sub(r.ring, 1, 16 * place) .. zeros .. string.sub(r.ring, 16 * (place + count) + 1)
end

local function moveOn(r, at)
  local bucket, newest = bucketOf(r, at), r[NEWEST]
  if bucket <= newest then return end
  local first = math.max(newest + 1, bucket - r[B])
  for leaving = first, bucket do
    local spent, held = pairOf(r, leaving)
    add(r, TOTAL_SPENT, -spent)
    add(r, TOTAL_HELD, -held)
  end
  local place, count = placeOf(r, first), bucket - first + 1
  local unbroken = math.min(count, r[B] + 1 - place)
  clear(r, place, unbroken)
  clear(r, 0, count - unbroken)
  r[NEWEST] = bucket
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
end

function sliding.hold(r, cap, amount, at)
  moveOn(r, at)
  holdInPool(r, cap, amount)
  put(r, bucketOf(r, at), 0, amount)
end

local function isAlive(r, bucket) return bucket >= r[NEWEST] - r[B] end

function sliding.finish(r, e)
  endInPool(r, e.held, e.charged)
  local bucket = bucketOf(r, e.admittedAt)
  if not isAlive(r, bucket) then return end
  put(r, bucket, e.charged, -e.held)
  notePeak(r, r[TOTAL_SPENT])
end

function sliding.refund(r, e)
  add(r, SPENT, -e.amount)
  local bucket = bucketOf(r, e.admittedAt)
  if isAlive(r, bucket) then put(r, bucket, -e.amount, 0) end
end

-- All buckets have left.
function sliding.idleFrom(r) return (r[NEWEST] + r[B] + 1) * r[A] end
`
