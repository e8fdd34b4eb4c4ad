import type { Candidate } from '../budget/choose.js'
import type { Model } from '../model.js'
import { draw } from '../random.js'
import type { Priority } from '../request.js'
import type { SelectInput } from './selector.js'

/** A share of requests asks a model by lot, never past a budget. */
export interface Exploration {
  /** In (0, 1]. */
  readonly epsilon: number
  readonly minTier: number
  /** Priorities that never explore. */
  readonly exclude: ReadonlySet<Priority>
}

/**
 * What may be asked by lot, in an order by lot in which each is as likely to come before any other: so whichever of them fit
 * the budgets are as likely to be asked, too. A function of the seed and the request's id alone.
 */
export function byLot(
  { minTier }: Exploration,
  models: readonly Model[],
  { feasible, seed, requestId }: Pick<SelectInput, 'feasible' | 'seed' | 'requestId'>,
): readonly Candidate[] {
  return models
    .filter(({ tier }) => tier >= minTier)
    .flatMap(({ id, index }) => {
      const candidate = feasible.candidate(index)
      return candidate === undefined ? [] : [{ candidate, place: draw(seed, requestId, `explore:${id}`) }]
    })
    .sort((a, b) => a.place - b.place)
    .map(({ candidate }) => candidate)
}

/** Whether this request is one of those that explore. */
export function explores({ epsilon }: Exploration, seed: number, requestId: string): boolean {
  return draw(seed, requestId, 'explore') < epsilon
}
