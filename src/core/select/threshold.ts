import type { Model } from '../model.js'
import type { SelectorSpec } from '../policy-schema.js'
import { candidateOf, type Selector } from './selector.js'

/**
 * Two models: the strong one from a difficulty on, else the weak one (RouteLLM, https://arxiv.org/abs/2406.18665). Where
 * the weak one cannot take the request, the strong one does.
 */
export function createThreshold(
  spec: Extract<SelectorSpec, { kind: 'threshold' }>,
  models: readonly Model[],
): Selector {
  const strong = models.find(({ id }) => id === spec.strong)
  const weak = models.find(({ id }) => id === spec.weak)
  return {
    kind: spec.kind,
    order({ feasible, difficulty }) {
      const wanted = candidateOf(feasible, difficulty >= spec.threshold ? strong : weak)
      return wanted.length > 0 ? wanted : candidateOf(feasible, strong)
    },
    wantedTier: ({ difficulty }) => (difficulty >= spec.threshold ? strong : weak)?.tier ?? 0,
  }
}
