import type { Model } from '../model.js'
import type { AnswerSigns } from './answer-signs.js'
import type { Expected, Scorer } from './scorer.js'
import type { AcceptanceModel, ScorerSpec } from './scorer-schema.js'

/**
 * A logistic model of whether the answer is acceptable, from what was expected of the model on this request and from what can
 * be seen of its answer (the score function of FrugalGPT, https://arxiv.org/abs/2305.05176, section 3, on signs instead of text).
 */
export function createAcceptance(
  spec: Extract<ScorerSpec, { kind: 'acceptance' }>,
  models: readonly Pick<Model, 'id'>[],
): Scorer {
  const known = models.map(({ id }) => spec.models.find((model) => model.id === id))
  return {
    kind: spec.kind,
    costNanoUsd: 0,
    latencyMs: 0,
    timeoutMs: undefined,
    score(answer, model, expected) {
      const weights = known[model]
      return weights === undefined ? NaN : acceptance(weights, acceptanceInputs(answer, expected, weights))
    },
  }
}

/** What the weights are of, in the order of `ACCEPTANCE_WEIGHTS`. */
export type AcceptanceInputs = readonly number[]

/** Names of the weights, but for the intercept, in the order of the inputs. */
export const ACCEPTANCE_WEIGHTS = [
  'success',
  'length',
  'lengthSquared',
  'cut',
  'filtered',
  'refused',
  'agreement',
] as const

/** An unknown sign says nothing: its input is 0. */
export function acceptanceInputs(
  answer: AnswerSigns,
  expected: Expected,
  { meanSuccess, typicalOutputTokens }: Pick<AcceptanceModel, 'meanSuccess' | 'typicalOutputTokens'>,
): AcceptanceInputs {
  const length =
    answer.outputTokens === undefined
      ? 0
      : Math.log((1 + answer.outputTokens) / (1 + (expected.outputTokens ?? typicalOutputTokens)))
  return [
    logOdds(expected.success ?? meanSuccess),
    length,
    length * length,
    answer.finish === 'cut' ? 1 : 0,
    answer.finish === 'filtered' ? 1 : 0,
    answer.refused === true ? 1 : 0,
    answer.agreement === undefined ? 0 : answer.agreement - 0.5,
  ]
}

/** Rounded to a millionth: engines differ in the last bits of exp and log, and a score is compared with a threshold. */
function acceptance(weights: AcceptanceModel, inputs: AcceptanceInputs): number {
  let sum = weights.intercept
  ACCEPTANCE_WEIGHTS.forEach((name, i) => (sum += weights[name] * (inputs[i] as number)))
  return Math.round(1e6 / (1 + Math.exp(-sum))) / 1e6
}

const MOST_CERTAIN = 0.999

function logOdds(share: number): number {
  const bounded = Math.min(MOST_CERTAIN, Math.max(1 - MOST_CERTAIN, share))
  return Math.log(bounded / (1 - bounded))
}
