/** A reservation by its id. */
export const RESERVATIONS = String.raw`
local function storeReservation(id, reservation)
  local value = cmsgpack.pack(reservation)
  if reservation.status == 'held' then
    write(T .. 'r:' .. id, value)
  else
    writeUntil(T .. 'r:' .. id, value, reservation.forgetAt - at + now)
  end
end

local function findReservation(value)
  local reservation = value and cmsgpack.unpack(value)
  if reservation and (reservation.status == 'held' or reservation.forgetAt > at) then return reservation end
end

-- In the order of admission where several are due at once.
local function dueName(id, reservation) return string.format('%016.0f:', reservation.order) .. id end

local function isDue()
  return #redis.call('ZRANGEBYSCORE', T .. 'due', '-inf', text(at), 'LIMIT', 0, 1) > 0
end
`

/** Ends of reservations, in the records they hold money in. */
export const ENDINGS = String.raw`
-- Calls change with each record the reservation has its money in. Some are gone: another window took their place.
local function eachRecord(reservation, change)
  local slots, labels, rows = reservation.slots, reservation.labels, reservation.rows
  if #slots == 0 then return end
  local keys = {}
  for i, slot in ipairs(slots) do keys[i] = T .. accountName(slot, labels[i]) end
  local values = redis.call('MGET', unpack(keys))
  for i, slot in ipairs(slots) do
    if slot >= 0 and rows[i] >= 0 then
      local key, r = keys[i], values[i] and readRecord(values[i], slot, labels[i])
      local newest = r and r[ROW] == rows[i]
      if not newest then
        key = T .. windowName(slot, rows[i], labels[i])
        local value = redis.call('GET', key)
        r = value and readRecord(value, slot, labels[i])
      end
      if r then
        change(r, reservation.since and reservation.since[i] or reservation.admittedAt)
        storeRecord(key, r, newest)
      end
    end
  end
end

local function finish(id, reservation, status, charge, settlement)
  local charged = status == 'cancelled' and 0 or charge
  eachRecord(reservation, function(r, admittedAt)
    local ended = { admittedAt = admittedAt, held = reservation.reserved, charged = charged, at = at }
    WINDOWS[r[KIND]].finish(r, ended)
  end)
  reservation.status, reservation.charged, reservation.settlement = status, charged, settlement
  reservation.forgetAt = at + REMEMBER_MS
  redis.call('ZREM', T .. 'due', dueName(id, reservation))
  redis.call('ZADD', T .. 'ended', text(reservation.forgetAt), id)
  redis.call('ZREMRANGEBYSCORE', T .. 'ended', '-inf', text(at))
  storeReservation(id, reservation)
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
  storeReservation(id, reservation)
end
`
