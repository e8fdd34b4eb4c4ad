/**
 * A pool's record in Redis: the columns of `core/budget/pool-record.ts` as little-endian doubles behind five of its own, so
 * that a record says what it is: kind and the kind's two figures, account and row. Row -1: the account is known, and nothing
 * stands in it. The parts `both`, `admit` and `end` of this file and of the kinds go into the scripts that need them: EVAL,
 * for those who may load no functions, makes every function anew each time.
 */
export const RECORD = {
  both: String.raw`
local KIND, A, B, ACCOUNT, ROW = 1, 2, 3, 4, 5
local SPENT, HELD, CAP, PEAK, OVERSPEND, RESERVATIONS, START, END = 6, 7, 8, 9, 10, 11, 12, 13
local OWN = 14

local function add(r, column, amount) r[column] = r[column] + amount end
`,
  admit: String.raw`
-- A pool that is asked for: its limit, window and reserve; false or nothing where it has none.
local PLACE, LIMIT, WINDOW, SOFT, SHARE, LINEAR = 1, 2, 3, 4, 5, 6
-- A budget's window, the one that is on: start, finish and index in a calendar; a record's kind and the kind's two figures.
local OPENS, CLOSES, NUMBER, POOL_KIND, POOL_A, POOL_B = 1, 2, 3, 4, 5, 6

local function holdInPool(r, cap, amount)
  add(r, HELD, amount)
  add(r, RESERVATIONS, 1)
  if cap < r[CAP] then r[CAP] = cap end
end
`,
  end: String.raw`
local function endInPool(r, held, charged)
  add(r, HELD, -held)
  add(r, SPENT, charged)
  if charged > held then add(r, OVERSPEND, charged - held) end
end

local function notePeak(r, windowSpent)
  if windowSpent > r[PEAK] then r[PEAK] = windowSpent end
end
`,
} as const

/** Needs the kinds. */
export const PACKING = String.raw`
local FORMATS = {}
local function formatOf(columns)
  local format = FORMATS[columns] or '<' .. string.rep('d', columns)
  FORMATS[columns] = format
  return format
end

local function packRecord(r)
  local columns = WINDOWS[r[KIND]].columns
  return struct.pack(formatOf(columns), unpack(r, 1, columns))
end

local function readRecord(value, place)
  local r = { struct.unpack(formatOf(#value / 8), value) }
  r[#r] = nil
  if WINDOWS[r[KIND]].hasRing then r.ring = T .. 'b:' .. place end
  return r
end

-- A record may go once it answers like none at all, and nobody can ask for what was charged in it.
local function storeRecord(key, r, newest)
  local idleFrom = math.huge
  if r[HELD] == 0 then idleFrom = WINDOWS[r[KIND]].idleFrom(r, newest) end
  writeUntil(key, packRecord(r), math.max(idleFrom, at) + REMEMBER_MS)
end
`

export const NEW_RECORD = String.raw`
-- Without a: infinite. Account and row are for the caller to fill in.
local function newRecord(kind, a, b, place)
  local window = WINDOWS[kind]
  local r = { kind, a or math.huge, b or 0, -1, -1 }
  for column = SPENT, window.columns do r[column] = 0 end
  if window.hasRing then r.ring = T .. 'b:' .. place end
  return r
end
`
