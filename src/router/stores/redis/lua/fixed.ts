/**
 * `core/budget/fixed.ts`. The calendar stays in TypeScript: a client sends start, finish and index of the window it takes for
 * the present one, and is asked again if it is not. A = the most that is carried over.
 */
export const FIXED = {
  both: String.raw`
local INDEX, CARRIED, CLOSED = OWN, OWN + 1, OWN + 2
local fixed = { columns = OWN + 2 }

local function used(r) return r[SPENT] + r[HELD] end

function fixed.isOver(r, at) return at >= r[END] end

-- Its window has ended. What may still be carried from it is never forgotten.
function fixed.idleFrom(r, newest)
  if newest and r[A] > 0 then return math.huge end
  return r[END]
end
`,
  admit: String.raw`
local function carriedInto(r, cap, index)
  local most = r[A]
  if most == 0 then return 0 end
  local taken = r[CLOSED] > 0 and r[CLOSED] - 1 or used(r)
  local left = math.min(most, math.max(0, math.min(cap + r[CARRIED], r[CAP]) - taken))
  return math.min(most, left + (index - r[INDEX] - 1) * cap)
end

function fixed.free(r, cap, at, pool)
  if fixed.isOver(r, at) then return cap + carriedInto(r, cap, pool[WINDOW][NUMBER]) end
  return cap + r[CARRIED] - used(r)
end

function fixed.begin(r, at, pool, previous)
  local window = pool[WINDOW]
  r[START], r[END], r[INDEX] = window[OPENS], window[CLOSES], window[NUMBER]
  if previous then r[CARRIED] = carriedInto(previous, pool[LIMIT], window[NUMBER]) end
end

function fixed.hold(r, cap, amount) holdInPool(r, cap + r[CARRIED], amount) end
`,
  end: String.raw`
local function close(r, at)
  if r[A] > 0 and fixed.isOver(r, at) and r[CLOSED] == 0 then r[CLOSED] = used(r) + 1 end
end

function fixed.finish(r, e)
  close(r, e.at)
  endInPool(r, e.held, e.charged)
  notePeak(r, r[SPENT])
end

function fixed.refund(r, e)
  close(r, e.at)
  add(r, SPENT, -e.amount)
end
`,
} as const
