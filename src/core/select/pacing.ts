import type { BudgetHint } from '../budget/budget-hint.js'
import type { SelectorSpec } from '../policy-schema.js'

export type PacedSpec = Extract<SelectorSpec, { kind: 'paced' }>

/** A cost weight and where it comes from; shares of the cap, in [0, 1]. */
export interface Pacing {
  readonly costWeight: number
  readonly usedShare: number
  readonly plannedShare: number
}

/** Reads a hint as the cost weight that it asks for. */
export type PacingOf = (hint: BudgetHint) => Pacing

/** Where windows have no end there is no plan but to stay between empty and full: money unspent and requests refused. */
const PLANNED_WITHOUT_END = 0.5

/** What the shipped sample log asks for: an end has to be met, and without one there is always time to make up for something. */
const PACE_TO_AN_END = 6
const PACE_WITHOUT_END = 2

/** Smallest share of a cap that counts as left: the weight stays finite when nothing is. */
const LEAST_LEFT = 1e-3

/**
 * The multiplier of a budget constraint by dual mirror descent (Balseiro, Lu, Mirrokni, "The Best of Many Worlds",
 * https://arxiv.org/abs/2011.10124) with the negative-entropy mirror map: each request multiplies the weight by
 * exp(pace x (spent - planned)), both as shares. Shares are of what is left then, not of the whole cap, so that a weight
 * that began too low runs no budget dry before its window ends. In the limit of small steps the product telescopes to
 *
 *     weight = costWeight x (left of the plan / left of the cap) ^ pace
 *
 * which needs no state but the ledger's: it is the same in every process, in replay and after a restart. The plan follows
 * the window's traffic where a profile tells it ("Robust Budget Pacing with a Single Sample", https://arxiv.org/abs/2302.02006).
 */
export function createPacing({ costWeight, pace, profile }: PacedSpec): PacingOf {
  const planned = planOf(profile ?? [1])
  return ({ usedNanoUsd, capNanoUsd, elapsed }) => {
    const usedShare = capNanoUsd > 0 ? Math.min(1, Math.max(0, usedNanoUsd / capNanoUsd)) : 1
    const plannedShare = elapsed === null ? PLANNED_WITHOUT_END : planned(elapsed)
    const exponent = pace ?? defaultPace(elapsed !== null)
    const ratio = Math.max(LEAST_LEFT, 1 - plannedShare) / Math.max(LEAST_LEFT, 1 - usedShare)
    return {
      costWeight: Math.min(Number.MAX_VALUE, costWeight * ratio ** exponent),
      usedShare,
      plannedShare,
    }
  }
}

export function defaultPace(hasEnd: boolean): number {
  return hasEnd ? PACE_TO_AN_END : PACE_WITHOUT_END
}

/** Share of the traffic that has come by an elapsed share of the window: even within each of the profile's parts. */
function planOf(profile: readonly number[]): (elapsed: number) => number {
  const total = profile.reduce((sum, part) => sum + part, 0)
  const before = profile.map((_, index) => profile.slice(0, index).reduce((sum, part) => sum + part, 0))
  return (elapsed) => {
    const place = elapsed * profile.length
    const index = Math.min(profile.length - 1, Math.floor(place))
    return ((before[index] ?? 0) + (place - index) * (profile[index] ?? 0)) / total
  }
}
