import { createClassifier } from '../../core/classify/index.js'
import type { Policy } from '../../core/policy.js'
import { foldsOf, without } from '../learn/folds.js'
import type { Learned } from '../learn/learn.js'
import { learnAmounts } from '../learn/learn-amounts.js'
import { readCorpus } from '../learn/text-corpus.js'
import { learnTexts, type TrainingData } from '../learn/training-data.js'

const FOLDS = 5

interface Unseen {
  readonly policy: Policy
  readonly data: TrainingData
  readonly learned: Learned
  readonly learnRows: readonly number[]
  readonly seed: number
}

/**
 * By model of the policy, then by place in `learnRows`: the length of answer that a classifier expects which had not seen the
 * request. One that had knows it too well, and by its expectations every odd length would look odder than it will at runtime.
 */
export function outOfFoldOutputTokens({
  policy,
  data,
  learned,
  learnRows,
  seed,
}: Unseen): readonly Float64Array[] {
  const corpus = readCorpus(learnTexts(data, learnRows))
  const context = { models: policy.models, tierBoundaries: policy.file.tierBoundaries }
  const amounts = data.models.map(({ outputTokens }) =>
    Float64Array.from(learnRows, (row) => outputTokens[row] as number),
  )
  const expected = policy.models.map(() => new Float64Array(learnRows.length).fill(NaN))
  for (const fold of foldsOf(learnRows.length, FOLDS, seed)) {
    const heads = learnAmounts(
      corpus,
      amounts.map((amount) => without(amount, fold)),
    )
    const models = learned.spec.models.map(({ outputTokens, ...model }, index) =>
      outputTokens === undefined || heads[index] === undefined
        ? model
        : { ...model, outputTokens: heads[index] },
    )
    const { extractor, predictor } = createClassifier(
      { kind: 'learned', learned: { ...learned.spec, models } },
      context,
    )
    for (const place of fold) {
      const row = learnRows[place] as number
      const tokens = Math.max(0, data.tokens[row] as number)
      const features = extractor.extract(data.messages[row] ?? [], tokens, data.tasks[row])
      expected.forEach((column, index) => (column[place] = predictor?.outputTokens(features, index) ?? NaN))
    }
  }
  return expected
}
