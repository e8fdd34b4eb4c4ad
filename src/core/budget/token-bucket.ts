import { durationMs } from '../duration.js'
import { nanoUsd } from '../money.js'
import { add, createPoolRows, endInRow, holdInRow, notePeak, openRow } from './pool-rows.js'
import type { Pools, PoolsState } from './pools.js'
import type { WindowSpec } from '../policy-schema.js'

/**
 * A bucket that refills at a steady rate up to its capacity (the caller's cap). What is kept is what is *missing*: charged
 * and not yet refilled. available = capacity - missing - held, so `available + held <= capacity` holds by construction,
 * and another cap (an override, a changed policy) needs no conversion. Refill is exact: the fraction of a nano-dollar
 * that a step leaves over is carried. A refused request never comes here, so it drains nothing.
 *
 * Guarantee: charges of the reservations admitted in any interval T are at most capacity + rate x T. For what is charged
 * after the interval's start plus what is held at its end = (available + held at the start) + refill - available.
 */
export function createTokenBucketPools(
  window: Extract<WindowSpec, { kind: 'tokenBucket' }>,
  state?: PoolsState,
): Pools {
  const rate = reduce(nanoUsd(window.refillRate.usd), durationMs(window.refillRate.per))
  const rows = state?.rows ?? createPoolRows()
  const own = (state?.own as Columns | undefined) ?? { rowOf: [], missing: [], remainder: [], at: [] }

  const missingAt = (row: number, at: number): number => {
    const missing = own.missing[row] as number
    const elapsed = Math.floor(at) - (own.at[row] as number)
    if (missing === 0 || elapsed <= 0) return missing
    return Math.max(0, missing - refill(elapsed, rate, own.remainder[row] as number).whole)
  }
  /** Brings the level to `at`; a full bucket saves up no fraction. */
  const advance = (row: number, time: number): void => {
    const at = Math.floor(time)
    const elapsed = at - (own.at[row] as number)
    if (elapsed <= 0) return
    const missing = own.missing[row] as number
    const step = refill(elapsed, rate, own.remainder[row] as number)
    const full = step.whole >= missing
    own.missing[row] = full ? 0 : missing - step.whole
    own.remainder[row] = full ? 0 : step.remainder
    own.at[row] = at
  }
  const open = (account: number, at: number): number => {
    const known = own.rowOf[account] ?? -1
    if (known >= 0) return known
    while (own.rowOf.length <= account) own.rowOf.push(-1)
    own.missing.push(0)
    own.remainder.push(0)
    own.at.push(Math.floor(at))
    return (own.rowOf[account] = openRow(rows, account, at, null))
  }
  const charge = (row: number, amount: number, at: number): void => {
    advance(row, at)
    own.missing[row] = Math.max(0, (own.missing[row] as number) + amount)
    notePeak(rows, row, own.missing[row] as number)
  }
  const used = (account: number, at: number): { spent: number; held: number } => {
    const row = own.rowOf[account] ?? -1
    return row < 0 ? { spent: 0, held: 0 } : { spent: missingAt(row, at), held: rows.held[row] as number }
  }

  return {
    rows,
    free(account, capNanoUsd, at) {
      const row = own.rowOf[account] ?? -1
      return row < 0 ? capNanoUsd : capNanoUsd - missingAt(row, at) - (rows.held[row] as number)
    },
    ahead: () => 1,
    bounds: () => null,
    hold(account, capNanoUsd, amount, at) {
      const row = open(account, at)
      holdInRow(rows, row, capNanoUsd, amount)
      return row
    },
    end(row, _admittedAt, held, charged, at) {
      endInRow(rows, row, held, charged)
      charge(row, charged, at)
    },
    /** Less what may have been refilled since: given back too, it would allow more than the interval's bound. */
    refund(row, admittedAt, amount, at) {
      add(rows.spent, row, -amount)
      const refilled = refill(Math.ceil(at - admittedAt), rate, rate.ms - 1).whole
      charge(row, -Math.max(0, amount - refilled), at)
    },
    earliest(account, capNanoUsd, amount, at) {
      const { spent, held } = used(account, at)
      const excess = spent + held + amount - capNanoUsd
      if (excess <= 0) return at
      if (amount > capNanoUsd || rate.nano === 0) return null
      const row = own.rowOf[account] as number
      // What is in flight begins to be refilled when it is charged: soonest now.
      if (held + amount > capNanoUsd) return Math.floor(at) + timeToRefill(excess, rate, 0)
      const missing = excess - spent + (own.missing[row] as number)
      return (own.at[row] as number) + timeToRefill(missing, rate, own.remainder[row] as number)
    },
    used,
    carry(account, capNanoUsd, carried, at) {
      const row = open(account, at)
      holdInRow(rows, row, capNanoUsd, carried.held)
      add(rows.spent, row, carried.spent)
      charge(row, carried.spent, at)
      return row
    },
    save: () => ({ rows, own: { ...own } }),
  }
}

/** `nano` nano-dollars every `ms` milliseconds, in lowest terms so that products stay small. */
interface Rate {
  readonly nano: number
  readonly ms: number
}

interface Columns extends Record<string, unknown> {
  readonly rowOf: number[]
  readonly missing: number[]
  /** Refilled so far beyond whole nano-dollars, in units of 1 / rate.ms nano-dollar. */
  readonly remainder: number[]
  readonly at: number[]
}

function reduce(nano: number, ms: number): Rate {
  let [a, b] = [nano, ms]
  while (b !== 0) [a, b] = [b, a % b]
  return { nano: nano / a, ms: ms / a }
}

/** Fewest milliseconds in which that much is refilled, exactly. */
function timeToRefill(nanoUsd: number, rate: Rate, remainder: number): number {
  const missing = BigInt(nanoUsd) * BigInt(rate.ms) - BigInt(remainder)
  const nano = BigInt(rate.nano)
  return Number((missing + nano - 1n) / nano)
}

/** (elapsed x nano + remainder) / ms as whole and rest, exactly: big integers where doubles would round. */
function refill(
  elapsed: number,
  rate: Rate,
  remainder: number,
): { readonly whole: number; readonly remainder: number } {
  const product = elapsed * rate.nano + remainder
  if (product <= Number.MAX_SAFE_INTEGER) {
    const whole = Math.floor(product / rate.ms)
    return { whole, remainder: product - whole * rate.ms }
  }
  const exact = BigInt(elapsed) * BigInt(rate.nano) + BigInt(remainder)
  return { whole: Number(exact / BigInt(rate.ms)), remainder: Number(exact % BigInt(rate.ms)) }
}
