import type { Policy } from '../policy.js'
import type { Request } from '../request.js'
import { expectedSuccess } from '../select/expected-success.js'
import type { AnswerSigns } from './answer-signs.js'
import type { Scorer } from './scorer.js'

/** The score of a model's answer to a request; NaN where the signs do not tell. */
export function scoreAnswer(
  policy: Policy,
  scorer: Scorer,
  { request, model }: { readonly request: Request; readonly model: number },
  answer: AnswerSigns,
): number {
  return scorer.score(answer, model, {
    success: expectedSuccess(policy, request, model),
    outputTokens: policy.classifier.predictor?.outputTokens(request.features, model),
  })
}
