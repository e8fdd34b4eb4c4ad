import type { ClassifierSpec } from '../policy-schema.js'
import type { Classifier, DifficultyPart } from './classifier.js'
import { createExtractor, SIGNALS } from './features.js'
import type { HeuristicSpec } from './heuristic-schema.js'

type HeuristicClassifierSpec = Extract<ClassifierSpec, { kind: 'heuristic' }>

/** Unknown text: nothing speaks for an easy request. */
const UNKNOWN: readonly DifficultyPart[] = [{ name: 'unknownText', value: 1, weight: 1, part: 1 }]

/** Bias plus the sum of weight x signal, clamped to [0, 1]. */
export function createHeuristic({ heuristic }: HeuristicClassifierSpec): Classifier {
  const extractor = createExtractor(heuristic)
  const weights = weightsOf(heuristic, extractor.names)
  const { bias } = heuristic

  const difficulty = (features: ArrayLike<number> | undefined): number => {
    if (features === undefined) return 1
    let sum = bias
    for (let i = 0; i < weights.length; i++) sum += (weights[i] as number) * (features[i] as number)
    return clamp(sum)
  }
  /** A column after the other, so that each is read in one go; per row the sum has the order of `difficulty`. */
  const difficulties = (columns: readonly Float64Array[], size: number): Float64Array => {
    const sums = new Float64Array(size).fill(columns.length === weights.length ? bias : NaN)
    columns.forEach((column, i) => addWeighted(sums, column, weights[i] as number))
    for (let row = 0; row < size; row++) sums[row] = clamp(sums[row] as number)
    return sums
  }
  const explain = (features: ArrayLike<number> | undefined): readonly DifficultyPart[] => {
    if (features === undefined || Number.isNaN(features[0])) return UNKNOWN
    const parts = extractor.names.map((name, i) => {
      const [weight, value] = [weights[i] as number, features[i] as number]
      return { name, value, weight, part: weight * value }
    })
    return [{ name: 'bias', value: 1, weight: bias, part: bias }, ...parts]
  }
  return { kind: 'heuristic', extractor, predictor: undefined, difficulty, difficulties, explain }
}

function weightsOf(spec: HeuristicSpec, names: readonly string[]): Float64Array {
  const byName = new Map<string, number>(SIGNALS.map((name) => [name, spec.weights[name]]))
  for (const [group, { weight }] of Object.entries(spec.keywords)) byName.set(`keywords.${group}`, weight)
  return Float64Array.from(names, (name) => byName.get(name) ?? 0)
}

/** A loop of its own: a typed array's `map` takes ten times as long, and logs have millions of rows. */
function addWeighted(sums: Float64Array, column: Float64Array, weight: number): void {
  for (let row = 0; row < sums.length; row++)
    sums[row] = (sums[row] as number) + weight * (column[row] as number)
}

/** NaN (an unknown value among the features) becomes 1. */
function clamp(sum: number): number {
  if (sum <= 0) return 0
  return sum < 1 ? sum : 1
}
