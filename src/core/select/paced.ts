import type { Model } from '../model.js'
import { createPacing, type PacedSpec } from './pacing.js'
import type { Selector } from './selector.js'
import { candidatesByUtility } from './utility.js'

/**
 * `utility` whose cost weight follows a budget: it rises where more is used than planned and falls where less is, so that a
 * window's money goes where it buys most and is not gone before the window ends. Without a hint the weight stays as given.
 */
export function createPaced(spec: PacedSpec, models: readonly Model[]): Selector {
  const topTier = Math.max(0, ...models.map(({ tier }) => tier))
  const pacingOf = createPacing(spec)
  return {
    kind: spec.kind,
    pacedBy: spec.budget,
    order(input) {
      const { budgetHint } = input
      const costWeight = budgetHint === undefined ? spec.costWeight : pacingOf(budgetHint).costWeight
      return candidatesByUtility(input, models, costWeight)
    },
    wantedTier: () => topTier,
  }
}
