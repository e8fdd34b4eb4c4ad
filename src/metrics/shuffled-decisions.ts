import type { LogTable } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'
import type { Steps } from '../replay/steps.js'
import type { Contributions } from './contributions.js'
import { shuffleStrata } from './shuffle-strata.js'

/** The control of `shuffledDecisions`, by row of the log; NaN where the run's own quality is unknown. */
export interface ShuffledDecisions {
  /** Mean quality of the request over all permutations. */
  readonly quality: Float64Array
  /** Mean cost in nano-dollars. */
  readonly costNanoUsd: Float64Array
  /**
   * What the request adds to the run's gain over the control; the mean is the gain. Both the request and the model it got
   * count as drawn by lot (the Hájek projection), so that a cluster bootstrap of it has the right width.
   */
  readonly gain: Float64Array
}

/**
 * The same models in the same numbers, handed out by lot among the served requests that could have had them, without
 * budgets. A router whose choices carry no information is worth exactly this much. Requests without an answer keep their
 * own contribution on both sides.
 *
 * Not a sample of permutations but their exact mean: within requests of the same known and feasible models, request i gets model m
 * with chance n(m) / n, so its mean is the sum over m of n(m) / n x outcome(i, m). A run with one model gains exactly 0.
 * Permutation test: Good 2005, Permutation, Parametric and Bootstrap Tests of Hypotheses, chapter 1. Projection:
 * van der Vaart 1998, Asymptotic Statistics, chapter 11.
 */
export function shuffledDecisions(
  table: LogTable,
  steps: Steps,
  run: Contributions,
  policy?: Policy,
): ShuffledDecisions {
  const strata = shuffleStrata(table, steps, run, policy)
  const quality = run.quality.slice()
  const costNanoUsd = run.costNanoUsd.map((cost, row) => (Number.isNaN(quality[row]) ? NaN : cost))
  const gain = quality.map((value) => (Number.isNaN(value) ? NaN : 0))
  const width = strata.outcomes.length
  for (let row = 0; row < run.size; row++) {
    const stratum = strata.of[row] ?? -1
    if (stratum < 0) continue
    const from = stratum * width
    let worth = 0
    let cost = 0
    let expected = 0
    strata.outcomes.forEach((outcome, index) => {
      const share = strata.shares[from + index] ?? 0
      if (share === 0) return
      worth += share * (outcome.quality[row] ?? NaN)
      cost += share * (outcome.costNanoUsd[row] ?? NaN)
      expected += share * (strata.meanQuality[from + index] ?? NaN)
    })
    const own = strata.meanQuality[from + (strata.assigned[row] ?? 0)] ?? NaN
    quality[row] = worth
    costNanoUsd[row] = cost
    gain[row] = (run.quality[row] ?? NaN) - worth - (own - expected)
  }
  return { quality, costNanoUsd, gain }
}
