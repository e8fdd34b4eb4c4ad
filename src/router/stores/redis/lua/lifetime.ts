/** `core/budget/lifetime.ts`. A = forgetAfter, infinite without. */
export const LIFETIME = {
  both: String.raw`
local LAST_ADMISSION = OWN
local lifetime = { columns = OWN }

-- Forgotten: the next admission begins a new lifetime.
function lifetime.idleFrom(r) return r[LAST_ADMISSION] + r[A] end
`,
  admit: String.raw`
function lifetime.isOver(r, at) return at >= r[LAST_ADMISSION] + r[A] and r[HELD] == 0 end

function lifetime.free(r, cap, at)
  if lifetime.isOver(r, at) then return cap end
  return cap - (r[SPENT] + r[HELD])
end

function lifetime.begin(r, at)
  r[START], r[END] = at, math.huge
  r[LAST_ADMISSION] = at
end

function lifetime.hold(r, cap, amount, at)
  holdInPool(r, cap, amount)
  r[LAST_ADMISSION] = at
end
`,
  end: String.raw`
function lifetime.finish(r, e)
  endInPool(r, e.held, e.charged)
  notePeak(r, r[SPENT])
end

function lifetime.refund(r, e) add(r, SPENT, -e.amount) end
`,
} as const
