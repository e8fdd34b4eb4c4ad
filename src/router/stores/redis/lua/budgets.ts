/** Every script but the one that expires meets nothing that is due, or says so and does nothing. */
export const EXPIRE_DUE = String.raw`
-- At most so many an operation: what is held counts like what is spent until it is its turn.
local MOST_DUE = 500

-- An ended one leaves the way of those that are held, and goes once it is forgotten.
local function setAside(id, name, reservation)
  local left = reservation.forgetAt - at
  if left >= 1 then
    redis.call('ZADD', T .. 'reservations', text(ENDED + reservation.forgetAt), name)
  else
    redis.call('ZREM', T .. 'reservations', name)
    redis.call('UNLINK', T .. 'r:' .. id)
  end
end

-- Goes through all that are not set aside, the first to expire first, up to one that is held and has time left. True where there
-- may be more.
local function expireDue()
  redis.call('ZREMRANGEBYSCORE', T .. 'reservations', ENDED, text(ENDED + at))
  local found = redis.call('ZRANGEBYSCORE', T .. 'reservations', '-inf', '(' .. text(ENDED), 'LIMIT', 0, MOST_DUE)
  for _, name in ipairs(found) do
    local id = string.sub(name, 18)
    local value = redis.call('GET', T .. 'r:' .. id)
    local reservation = value and readReservation(value)
    if not reservation then
      redis.call('ZREM', T .. 'reservations', name)
    elseif reservation.status ~= 'held' then
      setAside(id, name, reservation)
    elseif reservation.expiresAt > at then
      soonest = reservation.expiresAt
      return false
    else
      finish(id, reservation, 'expired', reservation.reserved, 'bound')
      seq = seq + 1
      expired[#expired + 1] = { id, text(reservation.charged), text(seq) }
      flush()
      setAside(id, name, reservation)
    end
  end
  soonest = tonumber(redis.call('ZRANGE', T .. 'reservations', 0, 0, 'WITHSCORES')[2] or math.huge)
  if soonest >= ENDED then soonest = math.huge end
  return #found == MOST_DUE
end
`

/** A record's account, row and columns as text, as `PoolsState` has them. */
export const COLUMNS = String.raw`
local function columnsOf(r)
  local out = { text(r[ACCOUNT]), text(r[ROW]) }
  if r[ROW] < 0 then return table.concat(out, ' ') end
  local window = WINDOWS[r[KIND]]
  for column = SPENT, window.shown or window.columns do out[#out + 1] = text(r[column]) end
  if not r.ring then return table.concat(out, ' ') end
  local ring = wholeRing(r)
  for place = 1, #ring, 16 do
    local spent, held = struct.unpack('<dd', ring, place)
    out[#out + 1] = text(spent)
    out[#out + 1] = text(held)
  end
  return table.concat(out, ' ')
end
`

/** The whole ledger, or one pool of it with its reservations. */
export const READ_ALL = String.raw`
local function readPools(slot, label)
  local out = {}
  for _, name in ipairs(redis.call('ZRANGE', T .. 'pools', 0, -1)) do
    local place = string.match(name, '^a:(.*)$') or string.match(name, '^w:%d+:(.*)$')
    local wanted = not slot or place == slot .. ':' .. label
    local value = wanted and redis.call('GET', T .. name)
    if value then
      local ownSlot, ownLabel = string.match(place, '^(%d+):(.*)$')
      out[#out + 1] = { ownSlot, ownLabel, columnsOf(readRecord(value, place)) }
    end
  end
  return out
end

local function isIn(reservation, slot, label)
  for _, place in ipairs(placesOf(reservation)) do
    if place == slot .. ':' .. label then return true end
  end
  return false
end

local function reservationTexts(id, reservation)
  local numbers, pools = {}, {}
  for _, name in ipairs({ 'order', 'charged', 'admittedAt', 'expiresAt', 'reserved', 'tokens' }) do
    numbers[#numbers + 1] = text(reservation[name])
  end
  for _, number in ipairs(candidateOf(reservation)) do
    numbers[#numbers + 1] = string.format('%.17g', number)
  end
  for n, place in ipairs(placesOf(reservation)) do
    local account, row, since = unpack(reservation.pools, 3 * n - 2, 3 * n)
    local slot = string.match(place, '^(-?%d+):')
    pools[n] = table.concat({ slot, text(account), text(row), since < 0 and '-' or text(since) }, ' ')
  end
  local settlement = reservation.settlement or ''
  return { id, reservation.status, settlement, claimsOf(reservation), table.concat(numbers, ' '), pools }
end

local function readReservations(slot, label)
  local out = {}
  for _, name in ipairs(redis.call('ZRANGE', T .. 'reservations', 0, -1)) do
    local id = string.sub(name, 18)
    local reservation = findReservation(redis.call('GET', T .. 'r:' .. id))
    if reservation and (not slot or isIn(reservation, slot, label)) then
      out[#out + 1] = reservationTexts(id, reservation)
    end
  end
  return out
end

local function readAll(kind, happened, slot, label)
  local budgets = redis.call('GET', T .. 'budgets') or '[]'
  return { kind, text(seq), text(at), happened, budgets, readPools(slot, label), readReservations(slot, label) }
end
`

/** ARGV[3], [4] = slot and label of the pool that is wanted, if not all are. Changes nothing. */
export const READ = String.raw`
local function run(ARGV)
  readClock(redis.call('GET', T .. 'clock'))
  return readAll('read', {}, ARGV[3], ARGV[4])
end
`

/** ARGV[3] = version, [4] = a pool's place. Its newest record; changes nothing, and what is due still counts as held. */
export const USE = String.raw`
local function run(ARGV)
  local values = redis.call('MGET', T .. 'version', T .. 'clock', T .. 'a:' .. ARGV[4])
  if values[1] ~= ARGV[3] then return { 'staleBudgets' } end
  takeClock(values[2])
  return { 'use', text(at), values[3] and columnsOf(readRecord(values[3], ARGV[4])) or '' }
end
`

export const EXPIRE = String.raw`
local function run(ARGV)
  local values = redis.call('MGET', T .. 'lock', T .. 'clock')
  if values[1] then return { 'configuring' } end
  takeClock(values[2])
  expireDue()
  flush()
  return { 'expired', text(seq), text(at), expired }
end
`

/** ARGV[3] = version, [4] = JSON of the budgets which an empty ledger begins with. Answers with those it has. */
export const OPEN = String.raw`
local function run(ARGV)
  if redis.call('SETNX', T .. 'version', ARGV[3]) == 1 then redis.call('SET', T .. 'budgets', ARGV[4]) end
  takeClock(redis.call('GET', T .. 'clock'))
  return { 'opened', redis.call('GET', T .. 'version'), redis.call('GET', T .. 'budgets'), text(at) }
end
`

/** ARGV[3] = who asks, [4] = how long nobody else may touch the ledger. Answers with all that it holds. */
export const LOCK = String.raw`
local function run(ARGV)
  if not redis.call('SET', T .. 'lock', ARGV[3], 'NX', 'PX', ARGV[4]) then return { 'configuring' } end
  takeClock(redis.call('GET', T .. 'clock'))
  while expireDue() do end
  flush()
  return readAll('locked', expired)
end
`

/** ARGV[3] = who asks, [4] = what the ledger holds from now on, as JSON. Nothing happens where the lock was lost. */
export const REPLACE = String.raw`
local function run(ARGV)
  if redis.call('GET', T .. 'lock') ~= ARGV[3] then return { 'configuring' } end
  local wanted = cjson.decode(ARGV[4])
  takeClock(redis.call('GET', T .. 'clock'))

  for _, name in ipairs(redis.call('ZRANGE', T .. 'pools', 0, -1)) do
    redis.call('DEL', T .. name, T .. 'b' .. string.sub(name, 2))
  end
  redis.call('DEL', T .. 'pools', T .. 'counts')

  local function ringOf(columns, from)
    local ring = {}
    for i = from, #columns, 2 do ring[#ring + 1] = struct.pack('<dd', columns[i], columns[i + 1]) end
    return table.concat(ring)
  end

  for _, pool in ipairs(wanted.pools) do
    local r = newRecord(pool.kind, pool.a, pool.b, pool.place)
    r[ACCOUNT], r[ROW] = pool.account, pool.row
    local window = WINDOWS[pool.kind]
    local own = (window.shown or window.columns) - SPENT + 1
    for i = 1, math.min(own, #pool.columns) do
      local value = pool.columns[i]
      r[SPENT + i - 1] = value == cjson.null and math.huge or value
    end
    if #pool.columns > own then
      local newest = own + 1 + 2 * placeOf(r, r[NEWEST])
      r[NEWEST_SPENT], r[NEWEST_HELD] = pool.columns[newest], pool.columns[newest + 1]
      redis.call('SET', r.ring, ringOf(pool.columns, own + 1))
    end
    local name = (pool.newest and 'a:' or 'w:' .. pool.row .. ':') .. pool.place
    if pool.row < 0 then
      writeUntil(T .. name, packRecord(r), now + REMEMBER_MS)
    else
      storeRecord(T .. name, r, pool.newest)
    end
    redis.call('ZADD', T .. 'pools', 0, name)
    if #writes > 1000 then flush() end
  end
  for name, count in pairs(wanted.counts) do redis.call('HSET', T .. 'counts', name, text(count)) end

  for _, moved in ipairs(wanted.reservations) do
    local key = T .. 'r:' .. moved.id
    local value = redis.call('GET', key)
    local reservation = value and readReservation(value)
    if reservation then
      reservation.pools = moved.numbers
      setTail(reservation, cmsgpack.pack(moved.places), packedCandidateOf(reservation), claimsOf(reservation))
      redis.call('SET', key, packReservation(reservation), 'KEEPTTL')
    end
  end

  redis.call('SET', T .. 'version', wanted.version)
  redis.call('SET', T .. 'budgets', wanted.budgets)
  redis.call('DEL', T .. 'lock')
  seq = seq + 1
  flush()
  return { 'configured', text(seq), text(at), {} }
end
`

/** Adds the values of a label in ARGV[3] and on to those that have a ledger of their own, and answers with all. */
export const VALUES = String.raw`
local function run(ARGV)
  local key = T .. 'values'
  for i = 3, #ARGV do redis.call('SADD', key, ARGV[i]) end
  local values = redis.call('SMEMBERS', key)
  table.sort(values)
  return values
end
`
