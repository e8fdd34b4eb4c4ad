/** (elapsed x nano + remainder) / ms in whole numbers, exactly, from products that doubles would round. */
export const REFILL = String.raw`
local MAX_SAFE = 9007199254740991

-- left x right + remainder, divided by ms: bit by bit, so that nothing passes 2 x ms. left and right are below ms.
local function divideProduct(left, right, remainder, ms)
  local bits = {}
  while left > 0 do
    local half = math.floor(left / 2)
    bits[#bits + 1] = left - 2 * half
    left = half
  end
  local whole, rest = 0, 0
  for i = #bits, 1, -1 do
    whole, rest = 2 * whole, 2 * rest
    if rest >= ms then whole, rest = whole + 1, rest - ms end
    if bits[i] == 1 then
      rest = rest + right
      if rest >= ms then whole, rest = whole + 1, rest - ms end
    end
  end
  rest = rest + remainder
  if rest >= ms then whole, rest = whole + 1, rest - ms end
  return whole, rest
end

-- From 2^53 on the whole part is infinite: more than anything that can be missing.
local function refill(elapsed, nano, ms, remainder)
  local product = elapsed * nano + remainder
  if product <= MAX_SAFE then
    local whole = math.floor(product / ms)
    return whole, product - whole * ms
  end
  if product / ms > 2 * MAX_SAFE then return math.huge, 0 end
  local perMs, time = math.floor(nano / ms), math.floor(elapsed / ms)
  local nanoRest, timeRest = nano - perMs * ms, elapsed - time * ms
  local whole, rest = divideProduct(timeRest, nanoRest, remainder, ms)
  whole = whole + elapsed * perMs + time * nanoRest
  if whole > MAX_SAFE then return math.huge, 0 end
  return whole, rest
end
`

/** `core/budget/token-bucket.ts`. A = nano-dollars that are refilled every B milliseconds, in lowest terms. */
export const TOKEN_BUCKET = {
  both: String.raw`
local MISSING, REMAINDER, REFILLED_AT = OWN, OWN + 1, OWN + 2
local tokenBucket = { columns = OWN + 2 }

-- Full, rounded up generously.
function tokenBucket.idleFrom(r)
  if r[MISSING] == 0 then return r[REFILLED_AT] end
  if r[A] == 0 then return math.huge end
  return r[REFILLED_AT] + math.ceil(r[MISSING] / r[A] * r[B] * 1.000001) + 1
end
`,
  admit: String.raw`
local function missingAt(r, at)
  local elapsed = at - r[REFILLED_AT]
  if r[MISSING] == 0 or elapsed <= 0 then return r[MISSING] end
  local whole = refill(elapsed, r[A], r[B], r[REMAINDER])
  return math.max(0, r[MISSING] - whole)
end

function tokenBucket.isOver() return false end

function tokenBucket.free(r, cap, at) return cap - missingAt(r, at) - r[HELD] end

function tokenBucket.begin(r, at)
  r[START], r[END] = at, math.huge
  r[REFILLED_AT] = at
end

tokenBucket.hold = holdInPool
`,
  end: String.raw`
local function advance(r, at)
  local elapsed = at - r[REFILLED_AT]
  if elapsed <= 0 then return end
  local whole, rest = refill(elapsed, r[A], r[B], r[REMAINDER])
  if whole >= r[MISSING] then
    r[MISSING], r[REMAINDER] = 0, 0
  else
    r[MISSING], r[REMAINDER] = r[MISSING] - whole, rest
  end
  r[REFILLED_AT] = at
end

local function spend(r, amount, at)
  advance(r, at)
  r[MISSING] = math.max(0, r[MISSING] + amount)
  notePeak(r, r[MISSING])
end

function tokenBucket.finish(r, e)
  endInPool(r, e.held, e.charged)
  spend(r, e.charged, e.at)
end

function tokenBucket.refund(r, e)
  add(r, SPENT, -e.amount)
  local refilled = refill(e.at - e.admittedAt, r[A], r[B], r[B] - 1)
  spend(r, -math.max(0, e.amount - refilled), e.at)
end
`,
} as const
