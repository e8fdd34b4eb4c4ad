import type { ClassifierSpec } from '../policy-schema.js'
import type { Classifier } from './classifier.js'
import { createHeuristic } from './heuristic.js'

type ClassifierKinds = {
  readonly [Kind in ClassifierSpec['kind']]: (spec: Extract<ClassifierSpec, { kind: Kind }>) => Classifier
}

/** Every classifier kind of the policy schema; a missing one does not compile. */
const CLASSIFIER_KINDS: ClassifierKinds = {
  heuristic: createHeuristic,
}

export function createClassifier<Kind extends ClassifierSpec['kind']>(
  spec: Extract<ClassifierSpec, { kind: Kind }>,
): Classifier {
  return CLASSIFIER_KINDS[spec.kind as Kind](spec)
}
