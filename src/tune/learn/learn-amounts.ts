import type { AmountHead } from '../../core/classify/learned-schema.js'
import { LENGTH_NAMES } from '../../core/classify/text-shape.js'
import { BUCKETS } from '../../core/classify/text-vector.js'
import { toBase64 } from './base64.js'
import { quantized } from './linear-spec.js'
import { fitHeads, meanOfKnown, scoreRows, type FitInput, type LinearHeads } from './linear-heads.js'
import { SparseMatrixBuilder, type SparseMatrix } from './sparse-matrix.js'
import { round, type TextCorpus } from './text-corpus.js'

const ITERATIONS = 12

/** Requests of a task that count for the mean of all. */
const PSEUDO_REQUESTS = 20

/**
 * Amounts of an answer (output tokens, or a cost) from the prompt's words, lengths and task: a ridge on ln(1 + amount), one head a
 * model, with a factor by task that makes the mean of the predictions the mean of the amounts (Duan's smearing, 1983,
 * https://doi.org/10.1080/01621459.1983.10478017). One array a model, NaN where unknown.
 */
export function learnAmounts(
  corpus: TextCorpus,
  amounts: readonly Float64Array[],
): readonly (AmountHead | undefined)[] {
  const { fit, finish } = planAmounts(corpus, amounts)
  return finish(fitHeads(fit))
}

/** The same in two halves, with the work between them. */
export interface AmountsPlan {
  readonly fit: FitInput
  finish(fitted: LinearHeads): readonly (AmountHead | undefined)[]
}

export function planAmounts(corpus: TextCorpus, amounts: readonly Float64Array[]): AmountsPlan {
  const byTaskAt = BUCKETS + LENGTH_NAMES.length
  const matrix = amountMatrix(corpus)
  const scales = new Float64Array(matrix.columns).fill(Math.sqrt(0.1))
  scales.fill(Math.sqrt(0.5), BUCKETS, byTaskAt)
  scales.fill(Math.sqrt(3), byTaskAt)
  const targets = amounts.map((amount) => amount.map(Math.log1p))
  return {
    fit: { matrix, scales, targets, iterations: ITERATIONS },
    finish: (fitted) => amountHeads(corpus, amounts, matrix, fitted),
  }
}

function amountHeads(
  corpus: TextCorpus,
  amounts: readonly Float64Array[],
  matrix: SparseMatrix,
  fitted: LinearHeads,
): readonly (AmountHead | undefined)[] {
  const taskCount = corpus.spec.tasks.length + 1
  const byTaskAt = BUCKETS + LENGTH_NAMES.length
  const logs = amounts.map(() => new Float64Array(matrix.rows))
  scoreRows(
    matrix,
    fitted,
    Array.from({ length: matrix.rows }, (_, row) => row),
    logs,
  )
  return amounts.map((amount, head) => {
    const mean = meanOfKnown(amount)
    const most = amount.reduce((largest, value) => (value > largest ? value : largest), 0)
    if (most === 0) return undefined
    const at = (column: number): number => fitted.weights[column * fitted.heads + head] as number
    const { bytes, scale } = quantized(Float64Array.from({ length: BUCKETS }, (_, column) => at(column)))
    return {
      byTask: Array.from({ length: taskCount }, (_, task) =>
        round(at(byTaskAt + task) + (fitted.offsets[head] as number)),
      ),
      lengths: LENGTH_NAMES.map((_, i) => round(at(BUCKETS + i))),
      scale,
      weights: toBase64(bytes),
      correction: correctionByTask(amount, logs[head] as Float64Array, corpus.tasks, taskCount, mean).map(
        round,
      ),
      most: round(most),
    }
  })
}

function amountMatrix({ vectors, lengths, tasks, spec }: TextCorpus): SparseMatrix {
  const builder = new SparseMatrixBuilder(BUCKETS + LENGTH_NAMES.length + spec.tasks.length + 1)
  for (let row = 0; row < vectors.rows; row++) {
    for (let i = vectors.starts[row] as number; i < (vectors.starts[row + 1] as number); i++)
      if ((vectors.indices[i] as number) < BUCKETS)
        builder.put(vectors.indices[i] as number, vectors.values[i] as number)
    lengths[row]?.forEach((value, i) => builder.put(BUCKETS + i, value))
    builder.put(BUCKETS + LENGTH_NAMES.length + (tasks[row] as number), 1)
    builder.endRow()
  }
  return builder.build()
}

function correctionByTask(
  amount: Float64Array,
  logs: Float64Array,
  tasks: Int32Array,
  taskCount: number,
  mean: number,
): number[] {
  const [all, predictedAll] = [
    sumOver(
      amount,
      logs,
      () => true,
      (value) => value,
    ),
    sumOver(
      amount,
      logs,
      () => true,
      (_, log) => log,
    ),
  ]
  const overall = predictedAll > 0 ? all / predictedAll : 1
  return Array.from({ length: taskCount }, (_, task) => {
    const own = (row: number): boolean => tasks[row] === task
    const actual = sumOver(amount, logs, own, (value) => value)
    const predicted = overall * sumOver(amount, logs, own, (_value, log) => log)
    return (overall * (actual + PSEUDO_REQUESTS * mean)) / (predicted + PSEUDO_REQUESTS * mean)
  })
}

function sumOver(
  amount: Float64Array,
  logs: Float64Array,
  counts: (row: number) => boolean,
  value: (amount: number, predicted: number) => number,
): number {
  let sum = 0
  amount.forEach((known, row) => {
    if (!Number.isNaN(known) && counts(row)) sum += value(known, Math.max(0, Math.expm1(logs[row] as number)))
  })
  return sum
}
