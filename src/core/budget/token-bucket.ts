import { durationMs } from '../duration.js'
import { nanoUsd } from '../money.js'
import {
  add,
  at as read,
  beginPool,
  endInPool,
  HELD,
  holdInPool,
  notePeak,
  OWN,
  SPENT,
} from './pool-record.js'
import type { Window } from './window.js'
import type { WindowSpec } from '../policy-schema.js'

type TokenBucketSpec = Extract<WindowSpec, { kind: 'tokenBucket' }>

/** Charged and not yet refilled. */
const MISSING = OWN
/** Refilled so far beyond whole nano-dollars, in units of 1 / rate.ms nano-dollar. */
const REMAINDER = OWN + 1
/** Time of the two before. */
const REFILLED_AT = OWN + 2

/**
 * A bucket that refills at a steady rate up to its capacity (the caller's cap). What is kept is what is *missing*: charged
 * and not yet refilled. available = capacity - missing - held, so `available + held <= capacity` holds by construction,
 * and another cap (an override, a changed policy) needs no conversion. Refill is exact: the fraction of a nano-dollar
 * that a step leaves over is carried. A refused request never comes here, so it drains nothing.
 *
 * Guarantee: charges of the reservations admitted in any interval T are at most capacity + rate x T. For what is charged
 * after the interval's start plus what is held at its end = (available + held at the start) + refill - available.
 */
export function createTokenBucketWindow(spec: TokenBucketSpec): Window {
  const rate = refillRate(spec)

  const missingAt = (data: Float64Array, p: number, at: number): number => {
    const missing = read(data, p + MISSING)
    const elapsed = Math.floor(at) - read(data, p + REFILLED_AT)
    if (missing === 0 || elapsed <= 0) return missing
    return Math.max(0, missing - refill(elapsed, rate, read(data, p + REMAINDER)).whole)
  }
  /** Brings the level to `at`; a full bucket saves up no fraction. */
  const advance = (data: Float64Array, p: number, time: number): void => {
    const at = Math.floor(time)
    const elapsed = at - read(data, p + REFILLED_AT)
    if (elapsed <= 0) return
    const missing = read(data, p + MISSING)
    const step = refill(elapsed, rate, read(data, p + REMAINDER))
    const full = step.whole >= missing
    data[p + MISSING] = full ? 0 : missing - step.whole
    data[p + REMAINDER] = full ? 0 : step.remainder
    data[p + REFILLED_AT] = at
  }
  const spend = (data: Float64Array, p: number, amount: number, at: number): void => {
    advance(data, p, at)
    data[p + MISSING] = Math.max(0, read(data, p + MISSING) + amount)
    notePeak(data, p, read(data, p + MISSING))
  }

  return {
    stride: OWN + 3,
    free: (data, p, capNanoUsd, at) => capNanoUsd - missingAt(data, p, at) - read(data, p + HELD),
    used: (data, p, at) => ({ spent: missingAt(data, p, at), held: read(data, p + HELD) }),
    isOver: () => false,
    begin(data, p, { at }) {
      beginPool(data, p, at, Infinity)
      data[p + REFILLED_AT] = Math.floor(at)
    },
    hold: holdInPool,
    end(data, p, { held, charged, at }) {
      endInPool(data, p, held, charged)
      spend(data, p, charged, at)
    },
    /** Less what may have been refilled since: given back too, it would allow more than the interval's bound. */
    refund(data, p, { admittedAt, amount, at }) {
      add(data, p + SPENT, -amount)
      const refilled = refill(Math.ceil(at - admittedAt), rate, rate.ms - 1).whole
      spend(data, p, -Math.max(0, amount - refilled), at)
    },
    charge(data, p, amount, at) {
      add(data, p + SPENT, amount)
      spend(data, p, amount, at)
    },
    earliest(data, p, { capNanoUsd, amount, at }) {
      if (p < 0) return amount <= capNanoUsd ? at : null
      const spent = missingAt(data, p, at)
      const held = read(data, p + HELD)
      const excess = spent + held + amount - capNanoUsd
      if (excess <= 0) return at
      if (amount > capNanoUsd || rate.nano === 0) return null
      // What is in flight begins to be refilled when it is charged: soonest now.
      if (held + amount > capNanoUsd) return Math.floor(at) + timeToRefill(excess, rate, 0)
      const missing = excess - spent + read(data, p + MISSING)
      return read(data, p + REFILLED_AT) + timeToRefill(missing, rate, read(data, p + REMAINDER))
    },
    ahead: () => 1,
    bounds: () => null,
  }
}

/** `nano` nano-dollars every `ms` milliseconds, in lowest terms so that products stay small. */
export interface Rate {
  readonly nano: number
  readonly ms: number
}

export function refillRate({ refillRate: { usd, per } }: TokenBucketSpec): Rate {
  const nano = nanoUsd(usd)
  const ms = durationMs(per)
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
export function refill(
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
