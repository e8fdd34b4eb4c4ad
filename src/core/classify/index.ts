import type { ClassifierSpec } from '../policy-schema.js'
import type { Classifier, ClassifierContext } from './classifier.js'
import { createHeuristic } from './heuristic.js'
import { createHybrid } from './hybrid.js'
import { createLearned } from './learned.js'
import { createService } from './service.js'

type ClassifierKinds = {
  readonly [Kind in ClassifierSpec['kind']]: (
    spec: Extract<ClassifierSpec, { kind: Kind }>,
    context: ClassifierContext,
  ) => Classifier
}

/** Every classifier kind of the policy schema; a missing one does not compile. */
const CLASSIFIER_KINDS: ClassifierKinds = {
  heuristic: createHeuristic,
  learned: createLearned,
  hybrid: createHybrid,
  service: createService,
}

export function createClassifier<Kind extends ClassifierSpec['kind']>(
  spec: Extract<ClassifierSpec, { kind: Kind }>,
  context: ClassifierContext,
): Classifier {
  return CLASSIFIER_KINDS[spec.kind as Kind](spec, context)
}
