/**
 * ARGV[3] = the reservation's id, [4] = how it ends, [5] = charge, [6] = settlement, and from [7] on the places that its client
 * remembers: they are read in the same step. `ledger.end` of the core.
 */
export const END = String.raw`
local function run(ARGV)
  local id, kind, charge, settlement = ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6]
  local keys, places = { T .. 'lock', T .. 'clock', T .. 'r:' .. id }, {}
  for i = 7, #ARGV do keys[i - 3], places[i - 6] = T .. 'a:' .. ARGV[i], ARGV[i] end
  local values = redis.call('MGET', unpack(keys))
  if values[1] then return { 'configuring' } end
  takeClock(values[2])
  if at >= soonest then return { 'due' } end

  local function answer(status, reservation, before)
    seq = seq + 1
    flush()
    local charged = reservation and reservation.charged or 0
    local returned = before and before > charged and claimsOf(reservation) or ''
    return string.format('%s %d %d %d ', status, seq, at, charged) .. returned
  end

  local reservation = findReservation(values[3])
  if not reservation then return answer('unknown') end
  local before = reservation.charged
  if reservation.status == 'held' then
    before = reservation.reserved
    finish(id, reservation, kind, charge, settlement, { places = places, values = values, before = 3 })
    return answer('settled', reservation, before)
  end
  if reservation.status == 'expired' and kind ~= 'cancelled' then
    finishLate(id, reservation, kind, charge, settlement)
    return answer('late', reservation, before)
  end
  return answer('duplicate', reservation)
end
`
