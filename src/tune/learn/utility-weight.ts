import { costNanoUsd } from '../../core/usage.js'
import { usd } from '../../core/money.js'
import type { Model } from '../../core/model.js'
import type { Policy } from '../../core/policy.js'
import { InputError } from '../../core/errors.js'
import { LearnedModel } from '../../core/classify/learned-model.js'
import { turnsOf } from '../../core/classify/learned.js'
import { chooseCostWeight } from './choose-weight.js'
import type { Learned } from './learn.js'
import type { TrainingData } from './training-data.js'

/**
 * The cost weight that gains most over fixed mixes on requests that the parts had not seen.
 * @throws InputError where no request has the quality and cost of every model, or nothing is gained at any price.
 */
export function utilityWeight(
  policy: Policy,
  data: TrainingData,
  learned: Learned,
  learnRows: readonly number[],
  selector: 'utility' | 'paced',
): number {
  const models = learned.ids.map(
    (id) => data.models.find((model) => model.id === id) as TrainingData['models'][number],
  )
  const places = learnRows.flatMap((row, at) =>
    models.every(({ quality, costUsd }) => !Number.isNaN((quality[row] as number) + (costUsd[row] as number)))
      ? [at]
      : [],
  )
  const rows = places.map((at) => learnRows[at] as number)
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row] as number)
  const weight = chooseCostWeight({
    quality: models.map(({ quality }) => pick(quality)),
    costUsd: models.map(({ costUsd }) => pick(costUsd)),
    success: learned.success.outOfFold.map((column) =>
      Float64Array.from(places, (at) => column[at] as number),
    ),
    expectedUsd: expectedCosts(policy, data, learned, rows),
  })
  if (weight !== null) return weight
  throw new InputError(
    rows.length === 0
      ? `--selector ${selector} needs requests with the quality and the cost of every model: import recorded outcomes, or keep the selector`
      : `--selector ${selector} finds no price at which this router gains over a fixed mix of single models: use a mix or one model (tollgate replay --policy model:ID), or keep the selector`,
  )
}

/** As the runtime expects them: predicted output tokens at list price, else the predicted cost. */
function expectedCosts(
  { models }: Policy,
  { texts, tasks, tokens, messages }: TrainingData,
  { ids, spec }: Learned,
  rows: readonly number[],
): Float64Array[] {
  const reader = new LearnedModel(spec)
  const [success, amounts] = [new Float64Array(spec.models.length), new Float64Array(spec.models.length)]
  const columns = ids.map(() => new Float64Array(rows.length))
  rows.forEach((row, at) => {
    const size = { tokens: Math.max(0, tokens[row] as number), turns: turnsOf(messages[row] ?? []) }
    reader.predict(texts[row] ?? '', tasks[row], success, amounts, size)
    ids.forEach((id, column) => {
      const place = spec.models.findIndex((model) => model.id === id)
      const model = models.find((one) => one.id === id)
      ;(columns[column] as Float64Array)[at] = expectedUsd(model, size.tokens, amounts[place] as number)
    })
  })
  return columns
}

function expectedUsd(model: Model | undefined, inputTokens: number, amount: number): number {
  if (model?.prices === undefined)
    return Number.isNaN(amount) ? usd(model?.expectedCostNanoUsd ?? 0) : amount / 1e6
  const outputTokens = Math.round(Number.isNaN(amount) ? model.outputTokens.ofModel.expected : amount)
  return usd(costNanoUsd(model.prices, { inputTokens, outputTokens }))
}
