import { turnsOf } from '../../core/classify/learned.js'
import { LearnedModel } from '../../core/classify/learned-model.js'
import type { Message } from '../../core/request.js'
import { learnInput, trainingData, type TrainingData } from '../learn/training-data.js'
import { learn, type Learned } from '../learn/learn.js'
import { meanOver, type OutcomeMatrix } from './outcome-matrix.js'
import type { Predictions } from './sweep.js'

export interface LearnOptions {
  /** By row of the matrix; undefined where the log has no text. */
  readonly messages: readonly (readonly Message[] | undefined)[]
  readonly seed: number
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/**
 * Quality and cost that are learned from the prompts of `learnRows`. Their own quality is predicted by the parts that had
 * not seen them; their cost is not, which touches the choice of a knob and no figure.
 */
export function learnedPredictions(matrix: OutcomeMatrix, options: LearnOptions): Predictions {
  const { learnRows } = matrix
  const data = trainingDataOf(matrix, options.messages)
  const learned = learn(learnInput(data, learnRows, learnRows, options))
  const { quality, costNanoUsd } = predict(data, learned, matrix)
  return { quality: quality.map((column, model) => outOfFold(column, model, matrix, learned)), costNanoUsd }
}

function outOfFold(
  predicted: Float64Array,
  model: number,
  { models, learnRows }: OutcomeMatrix,
  { ids, success }: Learned,
): Float64Array {
  const own = success.outOfFold[ids.indexOf(models[model]?.model ?? '')]
  const column = predicted.slice()
  if (own !== undefined) learnRows.forEach((row, at) => (column[row] = own[at] ?? NaN))
  return column
}

/** Costs are learned as they were recorded: the log need not know prices. */
function trainingDataOf(
  { table, models }: OutcomeMatrix,
  messages: readonly (readonly Message[] | undefined)[],
): TrainingData {
  const data = trainingData(table, messages, {
    models: models.map(({ model }, tier) => ({ id: model, tier, prices: undefined })),
  })
  return {
    ...data,
    models: data.models.map((model) => ({ ...model, outputTokens: model.outputTokens.map(() => NaN) })),
  }
}

function predict(
  { texts, tasks, tokens, messages }: TrainingData,
  { spec }: Learned,
  { models, table, learnRows }: OutcomeMatrix,
): { quality: Float64Array[]; costNanoUsd: Float64Array[] } {
  const model = new LearnedModel(spec)
  const [success, microUsd] = [new Float64Array(models.length), new Float64Array(models.length)]
  const means = models.map(({ costNanoUsd }) => meanOver(costNanoUsd, learnRows))
  const quality = models.map(() => new Float64Array(table.size))
  const costNanoUsd = models.map(() => new Float64Array(table.size))
  for (let row = 0; row < table.size; row++) {
    const size = { tokens: Math.max(0, tokens[row] ?? 0), turns: turnsOf(messages[row] ?? []) }
    model.predict(texts[row] ?? '', tasks[row], success, microUsd, size)
    quality.forEach((column, index) => (column[row] = success[index] ?? NaN))
    costNanoUsd.forEach((column, index) => {
      const own = (microUsd[index] ?? NaN) * 1000
      column[row] = Number.isNaN(own) ? (means[index] ?? 0) : own
    })
  }
  return { quality, costNanoUsd }
}
