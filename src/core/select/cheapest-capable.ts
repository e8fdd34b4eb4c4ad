import type { Candidate } from '../budget/choose.js'
import type { Model } from '../model.js'
import type { SelectorSpec } from '../policy-schema.js'
import type { Selector } from './selector.js'

/** The cheapest model, by expected cost of this request, whose tier is at least the required one. */
export function createCheapestCapable(
  spec: Extract<SelectorSpec, { kind: 'cheapestCapable' }>,
  models: readonly Model[],
): Selector {
  const tiers = models.map(({ tier }) => tier)
  return {
    kind: spec.kind,
    order({ feasible, requiredTier }) {
      const capable: Candidate[] = []
      for (const candidate of feasible) {
        if ((tiers[candidate.model] ?? 0) >= requiredTier) insertByCost(capable, candidate)
      }
      return capable
    },
  }
}

/** Insertion keeps equal costs in the policy's order and needs no comparison function on the hot path. */
export function insertByCost(sorted: Candidate[], candidate: Candidate): void {
  let i = sorted.length
  sorted.push(candidate)
  while (i > 0 && (sorted[i - 1] as Candidate).expectedNanoUsd > candidate.expectedNanoUsd) {
    sorted[i] = sorted[i - 1] as Candidate
    i--
  }
  sorted[i] = candidate
}
