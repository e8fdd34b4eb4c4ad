import type { Classifier } from '../../core/classify/classifier.js'
import { heuristicSchema, type HeuristicSpec } from '../../core/classify/heuristic-schema.js'
import { createClassifier } from '../../core/classify/index.js'
import type { Policy } from '../../core/policy.js'
import type { Learned } from './learn.js'
import type { TrainingData } from './training-data.js'

/** What was learned, and its controls. */
export interface Classifiers {
  readonly learned: Classifier
  readonly shuffled: Classifier
  readonly heuristic: Classifier
}

export function classifiersOf(policy: Policy, learned: Learned, shuffled: Learned): Classifiers {
  const context = { models: policy.models, tierBoundaries: policy.file.tierBoundaries }
  return {
    learned: createClassifier({ kind: 'learned', learned: learned.spec }, context),
    shuffled: createClassifier({ kind: 'learned', learned: shuffled.spec }, context),
    heuristic: createClassifier({ kind: 'heuristic', heuristic: heuristicOf(policy) }, context),
  }
}

/** The policy's own rules; the default ones where it has none. */
export function heuristicOf({ file }: Policy): HeuristicSpec {
  return file.classifier.kind === 'learned' ? heuristicSchema.parse({}) : file.classifier.heuristic
}

/** By row: of requests that were held out, as the runtime would say. */
export function difficultiesOf(
  classifier: Classifier,
  { messages, tokens, tasks }: TrainingData,
  rows: readonly number[],
  size: number,
): Float64Array {
  const difficulties = new Float64Array(size).fill(NaN)
  for (const row of rows) {
    const features = classifier.extractor.extract(
      messages[row] ?? [],
      Math.max(0, tokens[row] as number),
      tasks[row],
    )
    difficulties[row] = classifier.difficulty(features)
  }
  return difficulties
}

/** Of the requests that were learned from: by the parts that had not seen them. */
export function outOfFoldDifficulties(
  classifier: Classifier,
  { ids, success }: Learned,
  { models }: Policy,
  rows: readonly number[],
  size: number,
): Float64Array {
  const difficulties = new Float64Array(size).fill(NaN)
  const places = models.map(({ id }) => ids.indexOf(id))
  const features = new Float64Array(2 * models.length).fill(NaN)
  rows.forEach((row, at) => {
    places.forEach((place, model) => {
      if (place >= 0) features[model] = success.outOfFold[place]?.[at] as number
    })
    difficulties[row] = classifier.difficulty(features)
  })
  return difficulties
}
