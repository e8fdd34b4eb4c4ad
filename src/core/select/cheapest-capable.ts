import type { Candidate } from '../budget/choose.js'
import type { Model } from '../model.js'
import type { SelectorSpec } from '../policy-schema.js'
import type { Selector } from './selector.js'

/** The cheapest model, by expected cost of this request, whose tier is at least the required one. */
export function createCheapestCapable(
  spec: Extract<SelectorSpec, { kind: 'cheapestCapable' }>,
  models: readonly Model[],
): Selector {
  return {
    kind: spec.kind,
    order: ({ feasible, requiredTier }) => candidatesByCost(feasible, models, requiredTier, Infinity),
    wantedTier: ({ requiredTier }) => requiredTier,
  }
}

/**
 * The candidates of these tiers, both ends included, cheapest first; equal costs keep the policy's order. They are counted
 * first, so that the array is made at its size: one that grows takes room for sixteen more, and plans are made by the
 * million.
 */
export function candidatesByCost(
  feasible: readonly Candidate[],
  models: readonly Model[],
  lowest: number,
  highest: number,
): readonly Candidate[] {
  const belongs = ({ model }: Candidate): boolean => {
    const tier = models[model]?.tier ?? 0
    return tier >= lowest && tier <= highest
  }
  let count = 0
  for (const candidate of feasible) if (belongs(candidate)) count++
  const sorted = new Array<Candidate>(count)
  let size = 0
  for (const candidate of feasible) {
    if (!belongs(candidate)) continue
    let place = size++
    while (place > 0 && (sorted[place - 1] as Candidate).expectedNanoUsd > candidate.expectedNanoUsd) {
      sorted[place] = sorted[place - 1] as Candidate
      place--
    }
    sorted[place] = candidate
  }
  return sorted
}
