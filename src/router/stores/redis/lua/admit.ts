/** `core/budget/choose.ts`. A candidate is { inputBoundPico, outputPricePico, minOutputTokens, maxOutputTokens, … }. */
export const CHOOSE = String.raw`
local MAX_CALL_NANO_USD = 9007199254740

local function reservationOf(candidate, tokens)
  return math.ceil((candidate[1] + candidate[2] * tokens) / 1000)
end

local function affordableTokens(candidate, headroom)
  if candidate[2] == 0 then return -1 end
  local headroomPico = math.min(headroom, MAX_CALL_NANO_USD) * 1000
  return math.min(math.floor((headroomPico - candidate[1]) / candidate[2]), candidate[4])
end

local function chooseCandidate(groups, headroom)
  for g, group in ipairs(groups) do
    for i, candidate in ipairs(group) do
      local reserved = reservationOf(candidate, candidate[4])
      if reserved <= headroom then return g, i, candidate[4], reserved end
    end
    for i, candidate in ipairs(group) do
      local tokens = affordableTokens(candidate, headroom)
      if tokens >= candidate[3] then return g, i, tokens, reservationOf(candidate, tokens) end
    end
  end
end
`

/** Opens rows and accounts as `core/budget/pools.ts` numbers them. */
export const OPEN_ROW = String.raw`
-- Once all is written. Names of records that have expired leave as new ones come: each new name looks after two old ones.
local function enlistOpened()
  for _, name in ipairs(opened) do
    redis.call('ZADD', T .. 'pools', text(seq), name)
    for _, old in ipairs(redis.call('ZRANGE', T .. 'pools', 0, 1)) do
      if redis.call('EXISTS', T .. old) == 1 then
        redis.call('ZADD', T .. 'pools', text(seq), old)
      else
        redis.call('ZREM', T .. 'pools', old)
      end
    end
  end
end

local function openRow(pool, old)
  local slot = string.match(pool[PLACE], '^%d+')
  local account
  local previous = old and old[ROW] >= 0 and old
  if previous then
    local name = 'w:' .. old[ROW] .. ':' .. pool[PLACE]
    storeRecord(T .. name, old, false)
    opened[#opened + 1] = name
  end
  if old then
    account = old[ACCOUNT]
  else
    account = redis.call('HINCRBY', T .. 'counts', slot .. ':accounts', 1) - 1
    opened[#opened + 1] = 'a:' .. pool[PLACE]
  end
  local row = redis.call('HINCRBY', T .. 'counts', slot .. ':rows', 1) - 1
  local window = pool[WINDOW]
  local r = newRecord(window[POOL_KIND], window[POOL_A], window[POOL_B], pool[PLACE])
  r[ACCOUNT], r[ROW], r[CAP] = account, row, 9007199254740991
  WINDOWS[window[POOL_KIND]].begin(r, at, pool, previous)
  return r
end
`

/**
 * ARGV[3] = version of the budgets the client knows, [4] = the reservation's id, [5] = what is asked for as JSON, [6] = the
 * pools' claims as JSON, which are only kept, [7] = the budgets' windows as JSON, the same for as long as they are on.
 */
export const ADMIT = String.raw`
local windowsText, windows
local function readWindows(text)
  if text ~= windowsText then windowsText, windows = text, cjson.decode(text) end
  return windows
end

local function run(ARGV)
  local id = ARGV[4]
  local windows = readWindows(ARGV[7])
  local pools, groups, requestHeadroom, wantsRetryAt, ttlMs = unpack(cjson.decode(ARGV[5]))
  local keys = { T .. 'version', T .. 'lock', T .. 'clock', T .. 'r:' .. id }
  for i, pool in ipairs(pools) do
    keys[4 + i] = T .. 'a:' .. pool[PLACE]
    pool[WINDOW] = windows[pool[WINDOW]]
  end
  local values = redis.call('MGET', unpack(keys))
  if values[2] then return { 'configuring' } end
  if values[1] ~= ARGV[3] then return { 'staleBudgets' } end
  takeClock(values[3])
  for _, pool in ipairs(pools) do
    local opens = pool[WINDOW][OPENS]
    if opens and (at < opens or at >= pool[WINDOW][CLOSES]) then return { 'staleWindow', text(at) } end
  end
  if at >= soonest then return { 'due' } end

  local function answer(kind, ...)
    return { kind, seq, at, {}, ... }
  end

  local known = findReservation(values[4])
  if known then
    if known.status == 'held' then seq = seq + 1 end
    flush()
    if known.status ~= 'held' then return answer('ended', known.status) end
    local c = candidateOf(known)
    local candidate = { text(c[1]), text(c[2]), text(c[3]), text(c[4]), text(c[5]), string.format('%.17g', c[6]) }
    return answer('repeated', text(known.tokens), text(known.reserved), candidate)
  end

  -- Spent and held in the window that is on.
  local function usedIn(r, pool)
    if not r or r[ROW] < 0 or WINDOWS[r[KIND]].isOver(r, at) then return 0 end
    local carried = pool[WINDOW][OPENS] and r[CARRIED] or 0
    return pool[LIMIT] + carried - WINDOWS[r[KIND]].free(r, pool[LIMIT], at, pool)
  end

  local records = {}
  local headroom, tightest = requestHeadroom or math.huge, 0
  for i, pool in ipairs(pools) do
    local r = values[4 + i] and readRecord(values[4 + i], pool[PLACE])
    records[i] = r
    local free = pool[LIMIT]
    if r and r[ROW] >= 0 then free = WINDOWS[r[KIND]].free(r, pool[LIMIT], at, pool) end
    local share = pool[SHARE]
    if share then
      if pool[LINEAR] then
        local window = pool[WINDOW]
        share = share * ((window[CLOSES] - at) / (window[CLOSES] - window[OPENS]))
      end
      free = free - math.ceil(share * pool[LIMIT])
    end
    if not (free >= headroom) then headroom, tightest = free, i end
  end

  local group, index, tokens, reserved = chooseCandidate(groups, headroom)
  seq = seq + 1
  if not group then
    flush()
    local seen = {}
    if wantsRetryAt then
      for i = 1, #pools do seen[i] = records[i] and columnsOf(records[i]) or '' end
    end
    return answer('refused', tostring(tightest), seen)
  end

  local softPassed = {}
  for i, pool in ipairs(pools) do
    if pool[SOFT] then
      local before = usedIn(records[i], pool)
      if before <= pool[SOFT] and before + reserved > pool[SOFT] then
        softPassed[#softPassed + 1] = { tostring(i), text(before + reserved) }
      end
    end
  end

  local places, numbers = {}, {}
  for i, pool in ipairs(pools) do
    local r = records[i]
    if not r or r[ROW] < 0 or WINDOWS[r[KIND]].isOver(r, at) then r = openRow(pool, r) end
    WINDOWS[r[KIND]].hold(r, pool[LIMIT], reserved, at)
    write(keys[4 + i], packRecord(r))
    places[i], numbers[3 * i - 2], numbers[3 * i - 1], numbers[3 * i] = pool[PLACE], r[ACCOUNT], r[ROW], -1
  end
  local candidate = groups[group][index]
  candidate[6] = candidate[6] or math.huge
  local reservation = {
    status = 'held', charged = 0, settlement = false, order = seq, admittedAt = at, expiresAt = at + ttlMs,
    forgetAt = 0, reserved = reserved, tokens = tokens, pools = numbers,
  }
  setTail(reservation, cmsgpack.pack(places), cmsgpack.pack(candidate), ARGV[6])
  write(keys[4], packReservation(reservation))
  soonest = math.min(soonest, reservation.expiresAt)
  redis.call('ZADD', T .. 'reservations', text(reservation.expiresAt), dueName(id, reservation))
  flush()
  enlistOpened()
  if #softPassed == 0 then
    return string.format(
      'admitted %d %d %d %d %d %d %d %s', seq, at, group, index, tokens, reserved, tightest, text(headroom)
    )
  end
  return answer('admitted', group, index, tokens, reserved, tightest, text(headroom), softPassed)
end
`
