import type { Policy } from '../core/policy.js'
import { usd } from '../core/money.js'
import { FIRST_FITS, FIRST_UNKNOWN, type Reservations } from '../replay/reservations.js'
import {
  ENDS,
  FLAG_BOUND,
  FLAG_DOWNGRADED,
  isChargeKnown,
  type PoolWindow,
  type ReplayResult,
  type Steps,
} from '../replay/steps.js'
import { budgetSummary } from './budgets.js'
import { contributions } from './contributions.js'
import { qualitySummary } from './quality.js'
import { stepCounts } from './step-counts.js'

/** What one way of reserving costs: one row of `tollgate margin`. Money in US dollars, shares as fractions, `null` = unknown. */
export interface MarginRow extends MarginFigures {
  readonly mode: 'worstCase' | 'estimateWithMargin'
  /** Added to the estimate, as a share of it; null under `worstCase`. */
  readonly margin: number | null
  /** Of output tokens; null where the mean or the worst case is reserved. */
  readonly quantile: number | null
}

/** What every way of reserving costs under one policy, on requests that the estimates were not learned from. */
export interface MarginResult {
  readonly policyId: string
  readonly contentHash: string
  readonly split: {
    readonly rule: string
    /** Requests that output tokens were learned from, and requests that the rows are measured on. */
    readonly learned: number
    readonly measured: number
  }
  readonly outputTokens: {
    readonly outcomes: number
    /** Outcomes whose output tokens are recorded, or follow from the recorded cost. */
    readonly counted: number
    readonly fromCost: number
    /** Models of the policy of which nothing is learned: their `expectedOutputTokens` stands in. */
    readonly unlearned: readonly string[]
  }
  readonly rows: readonly MarginRow[]
}

export interface MarginFigures {
  /**
   * Share of the charged attempts whose charge passed its reservation. Attempts are counted and not windows, since a log
   * has thousands of the one and often a handful of the other; of the windows `overCapShare` tells.
   */
  readonly overspendProbability: number | null
  /** Charges above their reservations, each attempt once however many pools it was held in. */
  readonly overspendUsd: number | null
  /** Share of the pool-windows in use that went over their cap, and by how much in all. */
  readonly overCapShare: number | null
  readonly overCapUsd: number | null
  readonly poolWindows: number | null
  readonly windowsOverCap: number | null
  /** Unused at a window's end where something was refused or downgraded. */
  readonly strandedUsd: number | null
  /**
   * Refused or downgraded by a budget, though the recorded cost of the first candidate would have fitted every pool then, with
   * everything in flight at its recorded cost too.
   */
  readonly wronglyRefused: number | null
  /** Refused or downgraded by a budget where the log does not know that cost: not counted as wrong. */
  readonly refusedUnknown: number | null
  readonly refused: number | null
  readonly truncated: number | null
  readonly downgraded: number | null
  readonly offered: number | null
  /** Attempts whose charge the log knows, and those with an expected charge, which says nothing of overspend. */
  readonly charged: number | null
  readonly chargedUsd: number | null
  readonly chargeUnknown: number | null
  /** Mean over offered requests; null where less than 95 % of it is known. */
  readonly quality: number | null
  readonly knownShare: number | null
}

/** Figures of a replay that watched its reservations. @throws RangeError when it did not. */
export function marginFigures(result: ReplayResult, policy: Policy): MarginFigures {
  const { steps, reservations, poolWindows } = result
  if (reservations === undefined)
    throw new RangeError('result must come from a replay with watchReservations')
  const counts = stepCounts(steps)
  const budget = budgetSummary(result)
  const { quality, knownShare } = qualitySummary(contributions(steps, policy.file.unservedQuality))
  return {
    ...overspend(steps, reservations),
    overCapShare: share(budget.violations, budget.pools),
    overCapUsd: usd(overCapNanoUsd(poolWindows)),
    poolWindows: budget.pools,
    windowsOverCap: budget.violations,
    strandedUsd: budget.strandedUsd,
    ...wronglyRefused(steps, reservations),
    refused: counts.rejected,
    truncated: counts.truncated,
    downgraded: counts.downgraded,
    offered: counts.offered,
    quality,
    knownShare,
  }
}

function overspend(
  { size, costNanoUsd, flags }: Steps,
  { reservedNanoUsd }: Reservations,
): Pick<MarginFigures, 'overspendProbability' | 'overspendUsd' | 'charged' | 'chargedUsd' | 'chargeUnknown'> {
  let charged = 0
  let chargedNanoUsd = 0
  let chargeUnknown = 0
  let over = 0
  let excessNanoUsd = 0
  for (let row = 0; row < size; row++) {
    const reserved = reservedNanoUsd[row] ?? NaN
    const cost = costNanoUsd[row] ?? NaN
    if (Number.isNaN(reserved)) continue
    if (!isChargeKnown(cost, flags[row] ?? 0)) {
      chargeUnknown++
      continue
    }
    charged++
    chargedNanoUsd += cost
    if (cost > reserved) over++
    excessNanoUsd += Math.max(0, cost - reserved)
  }
  return {
    overspendProbability: share(over, charged),
    overspendUsd: usd(excessNanoUsd),
    charged,
    chargedUsd: usd(chargedNanoUsd),
    chargeUnknown,
  }
}

/** A request that waited is judged by the last time it asked; one that no model could take never asked. */
function wronglyRefused(
  { size, end, flags }: Steps,
  { first }: Reservations,
): Pick<MarginFigures, 'wronglyRefused' | 'refusedUnknown'> {
  const rejected = ENDS.indexOf('rejected')
  let wrong = 0
  let unknown = 0
  for (let row = 0; row < size; row++) {
    const flag = flags[row] ?? 0
    const isRefused = end[row] === rejected && (flag & FLAG_BOUND) !== 0
    if (!isRefused && (flag & FLAG_DOWNGRADED) === 0) continue
    if (first[row] === FIRST_FITS) wrong++
    if (first[row] === FIRST_UNKNOWN) unknown++
  }
  return { wronglyRefused: wrong, refusedUnknown: unknown }
}

function overCapNanoUsd(windows: readonly PoolWindow[]): number {
  return windows.reduce((sum, { peakNanoUsd, capNanoUsd }) => sum + Math.max(0, peakNanoUsd - capNanoUsd), 0)
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}
