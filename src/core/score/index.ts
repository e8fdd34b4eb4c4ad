import type { Model } from '../model.js'
import { createAcceptance } from './acceptance.js'
import { createAgreement } from './agreement.js'
import { createExternal } from './external.js'
import type { Scorer } from './scorer.js'
import type { ScorerSpec } from './scorer-schema.js'

type ScorerKinds = {
  readonly [Kind in ScorerSpec['kind']]: (
    spec: Extract<ScorerSpec, { kind: Kind }>,
    models: readonly Pick<Model, 'id'>[],
  ) => Scorer
}

/** Every scorer kind of the policy schema; a missing one does not compile. */
const SCORER_KINDS: ScorerKinds = {
  external: createExternal,
  agreement: createAgreement,
  acceptance: createAcceptance,
}

export function createScorer<Kind extends ScorerSpec['kind']>(
  spec: Extract<ScorerSpec, { kind: Kind }>,
  models: readonly Pick<Model, 'id'>[],
): Scorer {
  return SCORER_KINDS[spec.kind as Kind](spec, models)
}
