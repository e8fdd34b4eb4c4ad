/**
 * A pool's record in Redis: the columns of `core/budget/pool-record.ts` as little-endian doubles behind five of its own, so
 * that a record says what it is: kind and the kind's two figures, account and row. A sliding window's ring follows as bytes,
 * of which only the pairs that are needed are ever read. Row -1: the account is known, and nothing stands in it.
 */
export const RECORD = String.raw`
local KIND, A, B, ACCOUNT, ROW = 1, 2, 3, 4, 5
local SPENT, HELD, CAP, PEAK, OVERSPEND, RESERVATIONS, START, END = 6, 7, 8, 9, 10, 11, 12, 13
local OWN = 14

local function add(r, column, amount) r[column] = r[column] + amount end

local function holdInPool(r, cap, amount)
  add(r, HELD, amount)
  add(r, RESERVATIONS, 1)
  if cap < r[CAP] then r[CAP] = cap end
end

local function endInPool(r, held, charged)
  add(r, HELD, -held)
  add(r, SPENT, charged)
  if charged > held then add(r, OVERSPEND, charged - held) end
end

local function notePeak(r, windowSpent)
  if windowSpent > r[PEAK] then r[PEAK] = windowSpent end
end
`

/** Needs the kinds. */
export const PACKING = String.raw`
local FORMAT = {}
for kind, window in pairs(WINDOWS) do FORMAT[kind] = '<' .. string.rep('d', window.columns) end

local function packRecord(r)
  local columns = WINDOWS[r[KIND]].columns
  return struct.pack(FORMAT[r[KIND]], unpack(r, 1, columns)) .. (r.ring or '')
end

local function readRecord(value)
  local format = FORMAT[struct.unpack('<d', value)]
  local r = { struct.unpack(format, value) }
  local rest = table.remove(r)
  if rest <= #value then r.ring = string.sub(value, rest) end
  return r
end

local function newRecord(kind, a, b, account, row)
  local window = WINDOWS[kind]
  local r = { kind, a, b, account, row }
  for column = SPENT, window.columns do r[column] = 0 end
  if window.pairs then r.ring = string.rep('\0', 16 * window.pairs(r)) end
  return r
end
`
