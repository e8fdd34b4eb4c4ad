import type { BudgetHint } from '../budget/budget-hint.js'
import type { Candidate } from '../budget/choose.js'
import type { Model } from '../model.js'
import type { Ladder } from './ladder.js'

/** What a selector may look at. It knows no money but the candidates' expected costs and how far one budget is used. */
export interface SelectInput {
  readonly feasible: FeasibleModels
  readonly difficulty: number
  readonly requiredTier: number
  /** Probability that the model's answer is acceptable; undefined where the classifier does not say. */
  success(model: number): number | undefined
  /** Where a cascade goes on: 0 until a rung's answer was not good enough. */
  readonly rung: number
  /** Of the budget that the selector names; undefined where the request has no pool of it, or nobody knows. */
  readonly budgetHint?: BudgetHint | undefined
  readonly requestId: string
  readonly seed: number
}

/** The models that can take the request, priced when they are asked for: a selector pays for no model it does not look at. */
export interface FeasibleModels {
  /** By index into the policy's models; undefined where the model cannot take the request. */
  candidate(model: number): Candidate | undefined
}

/**
 * Assessment and feasible models -> the candidates to try at the requested length, best first. What may be tried below
 * them when they do not fit is the plan's business (`onExceed`). One file a kind.
 */
export interface Selector {
  readonly kind: string
  /** Of a cascade: more calls may follow the first one. */
  readonly ladder?: Ladder
  /** The budget whose use it looks at: hosts ask for no hint where there is none. */
  readonly pacedBy?: string
  order(input: SelectInput): readonly Candidate[]
  /** Where the order is drawn: every candidate that may come first, with its chance. */
  chances?(input: SelectInput): readonly Chance[]
  /** Tier of what it would order if every model were feasible: where nothing of it is, what lies below is a downgrade. */
  wantedTier(input: SelectInput): number
}

export interface Chance {
  readonly candidate: Candidate
  /** In (0, 1]; together they are 1. */
  readonly share: number
}

/** The candidate of a model, if it is feasible. */
export function candidateOf(feasible: FeasibleModels, model: Model | undefined): readonly Candidate[] {
  const found = model === undefined ? undefined : feasible.candidate(model.index)
  return found === undefined ? [] : [found]
}
