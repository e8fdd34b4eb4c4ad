/** A reservation by its id. */
export const RESERVATIONS = String.raw`
-- In the order of admission where several are due at once.
local function dueName(id, reservation) return string.format('%016d:', reservation.order) .. id end

-- Of one that has ended in the set of all: beyond every time at which one may expire.
local ENDED = 1e14

-- As a list of values. pools = place, account, row and, where it is not the reservation's, time of admission of each pool.
local function packReservation(r)
  return cmsgpack.pack(r.status, r.charged, r.settlement, r.order, r.admittedAt, r.expiresAt, r.forgetAt,
    r.reserved, r.tokens, r.candidate, r.claims, r.pools)
end

local function readReservation(value)
  local r = {}
  r.status, r.charged, r.settlement, r.order, r.admittedAt, r.expiresAt, r.forgetAt,
    r.reserved, r.tokens, r.candidate, r.claims, r.pools = cmsgpack.unpack(value)
  return r
end

local function findReservation(value)
  local reservation = value and readReservation(value)
  if reservation and (reservation.status == 'held' or reservation.forgetAt > at) then return reservation end
end
`

/** Ends of reservations, in the records they hold money in. */
export const ENDINGS = String.raw`
-- Calls change with each record the reservation has its money in. Some are gone: another window took their place.
local function eachRecord(reservation, change)
  local pools = reservation.pools
  if #pools == 0 then return end
  local keys = {}
  for i = 1, #pools, 4 do keys[#keys + 1] = T .. 'a:' .. pools[i] end
  local values = redis.call('MGET', unpack(keys))
  for n, key in ipairs(keys) do
    local i = 4 * n - 3
    local place, row = pools[i], pools[i + 2]
    local r = values[n] and readRecord(values[n], place)
    local newest = r and r[ROW] == row
    if not newest then
      key = T .. 'w:' .. row .. ':' .. place
      local value = redis.call('GET', key)
      r = value and readRecord(value, place)
    end
    if r then
      change(r, pools[i + 3] or reservation.admittedAt)
      storeRecord(key, r, newest)
    end
  end
end

local function storeEnded(id, reservation)
  writeUntil(T .. 'r:' .. id, packReservation(reservation), reservation.forgetAt - at + now)
end

local function finish(id, reservation, status, charge, settlement)
  local charged = status == 'cancelled' and 0 or charge
  eachRecord(reservation, function(r, admittedAt)
    local ended = { admittedAt = admittedAt, held = reservation.reserved, charged = charged, at = at }
    WINDOWS[r[KIND]].finish(r, ended)
  end)
  reservation.status, reservation.charged, reservation.settlement = status, charged, settlement
  reservation.forgetAt = at + REMEMBER_MS
  redis.call('ZADD', T .. 'reservations', text(ENDED + reservation.forgetAt), dueName(id, reservation))
  -- Now and then is enough: whoever reads looks at the time. A prime, so that no rhythm of callers passes it by.
  if seq % 101 == 0 then redis.call('ZREMRANGEBYSCORE', T .. 'reservations', ENDED, text(ENDED + at)) end
  storeEnded(id, reservation)
end

-- After expiry a late answer may only lower the charge.
local function finishLate(id, reservation, status, charge, settlement)
  local lowered = math.min(reservation.charged, charge)
  local refund, excess = reservation.charged - lowered, charge - lowered
  eachRecord(reservation, function(r, admittedAt)
    if refund > 0 then
      WINDOWS[r[KIND]].refund(r, { admittedAt = admittedAt, amount = refund, at = at })
    end
    if excess > 0 then add(r, OVERSPEND, excess) end
  end)
  reservation.status, reservation.charged, reservation.settlement = status, lowered, settlement
  storeEnded(id, reservation)
end
`
