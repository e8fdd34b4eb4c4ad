import type { Candidate } from '../budget/choose.js'
import type { Model } from '../model.js'
import { usd } from '../money.js'
import type { SelectorSpec } from '../policy-schema.js'
import type { SelectInput, Selector } from './selector.js'

/**
 * The model with the most of success probability - cost x `costWeight`, cost in US dollars as expected of this request: what
 * a right answer is worth is 1 / `costWeight` dollars (FrugalGPT, https://arxiv.org/abs/2305.05176, and RouterBench's
 * predictive routers, https://arxiv.org/abs/2403.12031, section 4.1, weigh the two likewise). Behind the best come the others of at least its tier, by utility.
 */
export function createUtility(
  { costWeight, kind }: Extract<SelectorSpec, { kind: 'utility' }>,
  models: readonly Model[],
): Selector {
  const topTier = Math.max(0, ...models.map(({ tier }) => tier))
  return {
    kind,
    order: (input) => candidatesByUtility(input, models, costWeight),
    wantedTier: () => topTier,
  }
}

/** The most useful candidate at this weight, and behind it the others of at least its tier. */
export function candidatesByUtility(
  input: SelectInput,
  models: readonly Model[],
  costWeight: number,
): readonly Candidate[] {
  const ranked = rankedByUtility(input, models, costWeight)
  const least = models[ranked[0]?.model ?? -1]?.tier ?? 0
  return ranked.filter(({ model }) => (models[model]?.tier ?? 0) >= least)
}

/** All feasible models, most useful first; of equals the cheaper one, then as the policy lists them. A model of which no success is known counts as 0. */
function rankedByUtility(input: SelectInput, models: readonly Model[], costWeight: number): Candidate[] {
  const candidates: Candidate[] = []
  const utilities: number[] = []
  for (const { index } of models) {
    const candidate = input.feasible.candidate(index)
    if (candidate === undefined) continue
    const utility = utilityOf(input.success(index) ?? 0, candidate.expectedNanoUsd, costWeight)
    let place = candidates.length
    while (
      place > 0 &&
      isBetter(utility, candidate, utilities[place - 1] as number, candidates[place - 1] as Candidate)
    )
      place--
    candidates.splice(place, 0, candidate)
    utilities.splice(place, 0, utility)
  }
  return candidates
}

/** A cost that nobody knows is infinite: such a model comes last whatever it promises, even where cost weighs nothing. */
function utilityOf(success: number, expectedNanoUsd: number, costWeight: number): number {
  return expectedNanoUsd === Infinity ? -Infinity : success - costWeight * usd(expectedNanoUsd)
}

function isBetter(utility: number, candidate: Candidate, than: number, other: Candidate): boolean {
  return utility !== than ? utility > than : candidate.expectedNanoUsd < other.expectedNanoUsd
}
