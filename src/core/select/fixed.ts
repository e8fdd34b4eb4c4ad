import type { Model } from '../model.js'
import type { SelectorSpec } from '../policy-schema.js'
import { candidateOf, type Selector } from './selector.js'

/** Always the same model. */
export function createFixed(
  spec: Extract<SelectorSpec, { kind: 'fixed' }>,
  models: readonly Model[],
): Selector {
  const model = models.find(({ id }) => id === spec.model)
  return {
    kind: spec.kind,
    order: ({ feasible }) => candidateOf(feasible, model),
    wantedTier: () => model?.tier ?? 0,
  }
}
