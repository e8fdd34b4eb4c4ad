import type { Candidate } from '../budget/choose.js'
import type { Model } from '../model.js'

/** What a selector may look at. It knows no money but the candidates' expected costs. */
export interface SelectInput {
  /** One candidate a feasible model, in the policy's order. Selectors do not change it. */
  readonly feasible: readonly Candidate[]
  readonly difficulty: number
  readonly requiredTier: number
  readonly requestId: string
  readonly seed: number
}

/**
 * Assessment and feasible models -> the candidates to try at the requested length, best first. What may be tried below
 * them when they do not fit is the plan's business (`onExceed`). One file a kind.
 */
export interface Selector {
  readonly kind: string
  order(input: SelectInput): readonly Candidate[]
  /** Tier of what it would order if every model were feasible: where nothing of it is, what lies below is a downgrade. */
  wantedTier(input: SelectInput): number
}

/** The candidate of a model, if it is feasible. */
export function candidateOf(feasible: readonly Candidate[], model: Model | undefined): readonly Candidate[] {
  const found = feasible.find((candidate) => candidate.model === model?.index)
  return found === undefined ? [] : [found]
}
