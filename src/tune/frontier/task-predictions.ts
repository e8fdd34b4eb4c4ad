import { foldsOf } from '../learn/folds.js'
import { meanOver, type OutcomeMatrix } from './outcome-matrix.js'
import type { Predictions } from './sweep.js'

const FOLDS = 3
/** Requests of the mean of all that count beside a task's own. */
const PSEUDO_REQUESTS = 10

/** Mean quality and cost by task label: what a table of tasks knows. Out of fold where a row was learned from. */
export function taskPredictions(matrix: OutcomeMatrix, seed: number): Predictions {
  const { models, learnRows, testRows } = matrix
  const folds = foldsOf(learnRows.length, FOLDS, seed).map((places) =>
    places.flatMap((place) => learnRows[place] ?? []),
  )
  const predict = (values: Float64Array): Float64Array => {
    const predicted = new Float64Array(values.length).fill(NaN)
    for (const fold of folds) {
      const left = new Set(fold)
      fillMeans(matrix, values, { from: learnRows.filter((row) => !left.has(row)), to: fold }, predicted)
    }
    fillMeans(matrix, values, { from: learnRows, to: testRows }, predicted)
    return predicted
  }
  return {
    quality: models.map(({ quality }) => predict(quality)),
    costNanoUsd: models.map(({ costNanoUsd }) => predict(costNanoUsd)),
  }
}

function fillMeans(
  { table: { task } }: OutcomeMatrix,
  values: Float64Array,
  rows: { readonly from: readonly number[]; readonly to: readonly number[] },
  into: Float64Array,
): void {
  const grand = meanOver(values, rows.from)
  const sums = new Map<number, { sum: number; count: number }>()
  for (const row of rows.from) {
    const own = sums.get(task.codes[row] ?? -1) ?? { sum: 0, count: 0 }
    sums.set(task.codes[row] ?? -1, { sum: own.sum + (values[row] ?? 0), count: own.count + 1 })
  }
  for (const row of rows.to) {
    const { sum, count } = sums.get(task.codes[row] ?? -1) ?? { sum: 0, count: 0 }
    into[row] = (sum + PSEUDO_REQUESTS * grand) / (count + PSEUDO_REQUESTS)
  }
}
