import type { ClassifierSpec } from '../policy-schema.js'
import type { Model } from '../model.js'
import type { FeatureExtractor } from './features.js'

/** One summand of a difficulty: `part` = `weight` x `value`. */
export interface DifficultyPart {
  readonly name: string
  readonly value: number
  readonly weight: number
  readonly part: number
}

/** Predictions by index into the policy's models, read from the features of a request. */
export interface Predictor {
  /**
   * Probability that the model's answer is acceptable; its mean in the log where the text is unknown, undefined where
   * nothing was learned of the model.
   */
  success(features: ArrayLike<number> | undefined, model: number): number | undefined
  /** Output tokens that the answer is expected to have; undefined where nothing is predicted. */
  outputTokens(features: ArrayLike<number> | undefined, model: number): number | undefined
  /** What a call is expected to cost, for models whose price nobody names; undefined where nothing is predicted. */
  costNanoUsd(features: ArrayLike<number> | undefined, model: number): number | undefined
}

/** An assessment that the host asks somebody for, and that is paid for. */
export interface Service {
  readonly name: string
  /** Reserved before the call. */
  readonly maxCostNanoUsd: number
  /** In replay, where the log does not say. */
  readonly expectedCostNanoUsd: number
  readonly expectedLatencyMs: number
  readonly timeoutMs: number
  /** Whether it is asked about a request with these features. */
  isAsked(features: ArrayLike<number> | undefined): boolean
}

/** What of the policy a classifier is made for. */
export interface ClassifierContext {
  readonly models: readonly Pick<Model, 'id' | 'tier'>[]
  readonly tierBoundaries: readonly number[]
}

/**
 * Turns the features of a request into a difficulty in [0, 1]. What is not known (no features, or a first value of NaN,
 * as replay has it where the log holds no text) is treated as hardest: 1.
 */
export interface Classifier {
  readonly kind: ClassifierSpec['kind']
  /** Makes the features this classifier reads. */
  readonly extractor: FeatureExtractor
  /** Values in the order of `extractor.names`. Allocates nothing. */
  difficulty(features: ArrayLike<number> | undefined): number
  /** The same to the last bit, of every row of feature columns. */
  difficulties(columns: readonly Float64Array[], size: number): Float64Array
  /** Somebody to ask before this classifier decides; undefined where nobody is paid. */
  readonly service?: Service
  /** What it predicts of each model's answer; undefined where it knows difficulty alone. */
  readonly predictor: Predictor | undefined
  /** The parts, added up in this order and clamped to [0, 1], are the difficulty. */
  explain(features: ArrayLike<number> | undefined): readonly DifficultyPart[]
}
