import { LearnedModel } from '../../../src/core/classify/learned-model.js'
import type { LearnedSpec } from '../../../src/core/classify/learned-schema.js'
import { chooseCostWeight } from '../../../src/tune/learn/choose-weight.js'
import { learn } from '../../../src/tune/learn/learn.js'
import type { Family, Predictions } from './router.js'
import { pickRows, type RouterSet } from './router-set.js'

/** What `tollgate train` learns, read back from the policy's bytes as production reads it. */
export const learnedRouter: Family =
  (set) =>
  ({ train, test, seed }) => {
    const { spec, success, ids } = learn({
      requests: train.map((row) => ({ text: set.prompts[row]!, task: set.tasks[row]! })),
      models: set.models.map(({ id, quality, costUsd }) => ({
        id,
        quality: pickRows(quality, train),
        outputTokens: new Float64Array(train.length).fill(NaN),
        costUsd: pickRows(costUsd, train),
      })),
      widelyKnown: set.widelyKnown.map((quality) => pickRows(quality, train)),
      seed,
    })
    if (ids.length !== set.models.length) throw new Error(`${set.name}: a model has too few outcomes`)
    const seen = readBack(set, spec, train)
    const weight = chooseCostWeight({
      quality: set.models.map(({ quality }) => pickRows(quality, train)),
      costUsd: set.models.map(({ costUsd }) => pickRows(costUsd, train)),
      success: success.outOfFold,
      expectedUsd: seen.costUsd,
    })
    return {
      learned: {
        train: { value: success.outOfFold, costUsd: seen.costUsd },
        test: readBack(set, spec, test),
        rule: { weights: () => [weight ?? 0], worth: () => 1 },
      },
    }
  }

/** `learn` gives costs without a known token count in millionths. */
function readBack(set: RouterSet, spec: LearnedSpec, rows: readonly number[]): Predictions {
  const model = new LearnedModel(spec)
  const value = set.models.map(() => new Float64Array(rows.length))
  const costUsd = set.models.map(() => new Float64Array(rows.length))
  const success = new Float64Array(set.models.length)
  const amounts = new Float64Array(set.models.length)
  rows.forEach((row, at) => {
    model.predict(set.prompts[row]!, set.tasks[row]!, success, amounts)
    set.models.forEach((_, m) => {
      value[m]![at] = success[m]!
      costUsd[m]![at] = amounts[m]! / 1e6
    })
  })
  return { value, costUsd }
}
