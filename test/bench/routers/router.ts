import type { Point } from '../../../src/metrics/result.js'
import type { RouterSet } from './router-set.js'

/** What a router thinks of requests: the value of each model's answer and its cost, one column a model. */
export interface Predictions {
  readonly value: readonly Float64Array[]
  readonly costUsd: readonly Float64Array[]
}

/** Cost weights that may be chosen from, and what a gain on the training rows is worth at one of them. */
export interface WeightRule {
  readonly weights: (hull: readonly Point[]) => readonly number[]
  readonly worth: (gain: number, weight: number, hull: readonly Point[]) => number
}

/** Learned on the training rows: of those, what parts say that had not seen them; of the test rows, what the whole says. */
export interface Fitted {
  readonly train: Predictions
  readonly test: Predictions
  readonly rule: WeightRule
}

export interface Split {
  readonly train: readonly number[]
  readonly test: readonly number[]
  readonly seed: number
}

/** Fits routers, by name, that share work. Made for a set: reading its prompts needs no outcome. */
export type Family = (set: RouterSet) => (split: Split) => Readonly<Record<string, Fitted>>

/** The model of the best value less weighted cost, the first of equals. */
export function route({ value, costUsd }: Predictions, weight: number, at: number): number {
  let [best, most] = [0, -Infinity]
  for (let model = 0; model < value.length; model++) {
    const utility = value[model]![at]! - weight * costUsd[model]![at]!
    if (utility > most) [best, most] = [model, utility]
  }
  return best
}
