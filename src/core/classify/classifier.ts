import type { ClassifierSpec } from '../policy-schema.js'
import type { FeatureExtractor } from './features.js'

/** One summand of a difficulty: `part` = `weight` x `value`. */
export interface DifficultyPart {
  readonly name: string
  readonly value: number
  readonly weight: number
  readonly part: number
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
  /** The parts, added up in this order and clamped to [0, 1], are the difficulty. */
  explain(features: ArrayLike<number> | undefined): readonly DifficultyPart[]
}
