import type { Policy } from '../policy.js'
import type { Request } from '../request.js'

/** Probability that the model's answer is acceptable: the caller's own assessment counts before the classifier's. */
export function expectedSuccess(
  { classifier, models }: Policy,
  { assessment, features }: Request,
  model: number,
): number | undefined {
  const given = assessment?.successProbability?.[models[model]?.id ?? '']
  return given ?? classifier.predictor?.success(features, model)
}
