/** A reservation by its id. */
export const RESERVATIONS = String.raw`
-- In the order of admission where several are due at once.
local function dueName(id, reservation) return string.format('%016d:', reservation.order) .. id end

-- Of one that has ended in the set of all, once somebody has passed by: beyond every time at which one may expire.
local ENDED = 1e14

local STATUSES = { 'held', 'settled', 'cancelled', 'aborted', 'expired', 'failed' }
local SETTLEMENTS = { 'actual', 'estimated', 'bound' }
local CODES = {
  held = 1, settled = 2, cancelled = 3, aborted = 4, expired = 5, failed = 6,
  [false] = 0, actual = 1, estimated = 2, bound = 3,
}

-- What changes stands first, so that an end leaves the rest as it is: figures; account, row and time of admission of each
-- pool, -1 where the time is the reservation's; then its tail: places, candidate and claims.
local HEAD = '<dddddddBBBI4I4'
local function packReservation(r)
  local pools = r.pools
  return struct.pack(HEAD, r.charged, r.order, r.admittedAt, r.expiresAt, r.forgetAt, r.reserved, r.tokens,
    CODES[r.status], CODES[r.settlement], #pools / 3, r.placesLength, r.candidateLength)
    .. struct.pack(formatOf(#pools), unpack(pools)) .. r.tail
end

local function readReservation(value)
  local r, status, settlement, count, rest = {}
  r.charged, r.order, r.admittedAt, r.expiresAt, r.forgetAt, r.reserved, r.tokens,
    status, settlement, count, r.placesLength, r.candidateLength, rest = struct.unpack(HEAD, value)
  r.status, r.settlement = STATUSES[status], SETTLEMENTS[settlement] or false
  r.pools = { struct.unpack(formatOf(3 * count), value, rest) }
  rest = table.remove(r.pools)
  r.tail = string.sub(value, rest)
  return r
end

local function setTail(r, places, candidate, claims)
  r.placesLength, r.candidateLength = #places, #candidate
  r.tail = places .. candidate .. claims
end
local function packedPlacesOf(r) return string.sub(r.tail, 1, r.placesLength) end
local function placesOf(r) return cmsgpack.unpack(packedPlacesOf(r)) end
local function packedCandidateOf(r)
  return string.sub(r.tail, r.placesLength + 1, r.placesLength + r.candidateLength)
end
local function candidateOf(r) return cmsgpack.unpack(packedCandidateOf(r)) end
local function claimsOf(r) return string.sub(r.tail, r.placesLength + r.candidateLength + 1) end

local function findReservation(value)
  local reservation = value and readReservation(value)
  if reservation and (reservation.status == 'held' or reservation.forgetAt > at) then return reservation end
end
`

/** Ends of reservations, in the records they hold money in. */
export const ENDINGS = String.raw`
-- Calls change with each record the reservation has its money in. Some are gone: another window took their place.
-- read = places and what stands there, where that was read already.
local function eachRecord(reservation, read, change)
  local pools = reservation.pools
  if #pools == 0 then return end
  local places, values, before
  if read and cmsgpack.pack(read.places) == packedPlacesOf(reservation) then
    places, values, before = read.places, read.values, read.before
  else
    places, before = placesOf(reservation), 0
    local keys = {}
    for n, place in ipairs(places) do keys[n] = T .. 'a:' .. place end
    values = redis.call('MGET', unpack(keys))
  end
  for n, place in ipairs(places) do
    local key, value, row = T .. 'a:' .. place, values[before + n], pools[3 * n - 1]
    local r = value and readRecord(value, place)
    local newest = r and r[ROW] == row
    if not newest then
      key = T .. 'w:' .. row .. ':' .. place
      value = redis.call('GET', key)
      r = value and readRecord(value, place)
    end
    if r then
      local since = pools[3 * n]
      change(r, since < 0 and reservation.admittedAt or since)
      storeRecord(key, r, newest)
    end
  end
end

local function storeEnded(id, reservation)
  writeUntil(T .. 'r:' .. id, packReservation(reservation), reservation.forgetAt - at + now)
end

local function finish(id, reservation, status, charge, settlement, read)
  local charged = status == 'cancelled' and 0 or charge
  local ended = { held = reservation.reserved, charged = charged, at = at }
  eachRecord(reservation, read, function(r, admittedAt)
    ended.admittedAt = admittedAt
    WINDOWS[r[KIND]].finish(r, ended)
  end)
  reservation.status, reservation.charged, reservation.settlement = status, charged, settlement
  reservation.forgetAt = at + REMEMBER_MS
  storeEnded(id, reservation)
end

-- After expiry a late answer may only lower the charge.
local function finishLate(id, reservation, status, charge, settlement)
  local lowered = math.min(reservation.charged, charge)
  local refund, excess = reservation.charged - lowered, charge - lowered
  eachRecord(reservation, nil, function(r, admittedAt)
    if refund > 0 then
      WINDOWS[r[KIND]].refund(r, { admittedAt = admittedAt, amount = refund, at = at })
    end
    if excess > 0 then add(r, OVERSPEND, excess) end
  end)
  reservation.status, reservation.charged, reservation.settlement = status, lowered, settlement
  redis.call('SET', T .. 'r:' .. id, packReservation(reservation), 'KEEPTTL')
end
`
