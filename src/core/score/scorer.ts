import type { AnswerSigns } from './answer-signs.js'
import type { ScorerSpec } from './scorer-schema.js'

/** What the classifier had expected of the model on this request, before it was called. */
export interface Expected {
  readonly success: number | undefined
  readonly outputTokens: number | undefined
}

/** Says how likely an answer of a cascade's rung is to be acceptable. One file a kind. */
export interface Scorer {
  readonly kind: ScorerSpec['kind']
  /** What scoring one rung costs, reserved and charged with the rung's call. */
  readonly costNanoUsd: number
  readonly latencyMs: number
  /** How long the host waits for a score that it has to ask for; undefined where the signs are enough. */
  readonly timeoutMs: number | undefined
  /** In [0, 1]; NaN where the signs do not tell. `model` is an index into the policy's models. */
  score(answer: AnswerSigns, model: number, expected: Expected): number
}
