import type { Model } from '../model.js'
import type { SelectorSpec } from '../policy-schema.js'
import { createCascade } from './cascade.js'
import { createCheapestCapable } from './cheapest-capable.js'
import { createFixed } from './fixed.js'
import { createMix } from './mix.js'
import { createPaced } from './paced.js'
import type { Selector } from './selector.js'
import { createThreshold } from './threshold.js'
import { createUtility } from './utility.js'

type SelectorKinds = {
  readonly [Kind in SelectorSpec['kind']]: (
    spec: Extract<SelectorSpec, { kind: Kind }>,
    models: readonly Model[],
  ) => Selector
}

/** Every selector kind of the policy schema; a missing one does not compile. */
const SELECTOR_KINDS: SelectorKinds = {
  cheapestCapable: createCheapestCapable,
  fixed: createFixed,
  threshold: createThreshold,
  mix: createMix,
  utility: createUtility,
  cascade: createCascade,
  paced: createPaced,
}

export function createSelector<Kind extends SelectorSpec['kind']>(
  spec: Extract<SelectorSpec, { kind: Kind }>,
  models: readonly Model[],
): Selector {
  return SELECTOR_KINDS[spec.kind as Kind](spec, models)
}
