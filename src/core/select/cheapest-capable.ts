import type { Candidate } from '../budget/choose.js'
import type { Model } from '../model.js'
import type { SelectorSpec } from '../policy-schema.js'
import type { FeasibleModels, Selector } from './selector.js'

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

/** The candidates of these tiers, both ends included, cheapest first; equal costs keep the policy's order. */
export function candidatesByCost(
  feasible: FeasibleModels,
  models: readonly Model[],
  lowest: number,
  highest: number,
): readonly Candidate[] {
  const sorted: Candidate[] = []
  for (const { tier, index } of models) {
    if (tier < lowest || tier > highest) continue
    const candidate = feasible.candidate(index)
    if (candidate === undefined) continue
    let place = sorted.length
    sorted.push(candidate)
    for (; place > 0 && (sorted[place - 1] as Candidate).expectedNanoUsd > candidate.expectedNanoUsd; place--)
      sorted[place] = sorted[place - 1] as Candidate
    sorted[place] = candidate
  }
  return sorted
}
