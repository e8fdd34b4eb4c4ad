import { taskMeansOf } from './contrasts.js'
import { without } from './folds.js'
import { smallRidge } from './small-ridge.js'

/** In standard deviations around the mean of its task. */
export function standardized(
  scores: Float64Array,
  tasks: Int32Array,
  count: number,
): { values: Float64Array; means: number[]; scale: number } {
  const means = [...taskMeansOf(scores, tasks, count)]
  const centred = scores.map((score, row) => score - (means[tasks[row] as number] as number))
  const deviation = Math.sqrt(
    centred.reduce((sum, value) => sum + value ** 2, 0) / Math.max(1, scores.length),
  )
  const scale = deviation > 1e-9 ? 1 / deviation : 0
  return { values: centred.map((value) => Math.min(3, Math.max(-3, value * scale))), means, scale }
}

export interface DifficultyWeights {
  readonly linear: number
  readonly squared: number
  readonly byTask: readonly number[]
  readonly offset: number
}

/** Contrasts beyond the task, from the difficulty z: z, its square, and z by task. */
export function difficultyExpert(
  z: Float64Array,
  tasks: Int32Array,
  taskCount: number,
  residuals: readonly Float64Array[],
  folds: readonly (readonly number[])[],
): { readonly weights: readonly DifficultyWeights[]; readonly heldOut: readonly Float64Array[] } {
  const raw = [
    z,
    z.map((value) => value * value),
    ...(taskCount > 2
      ? Array.from({ length: taskCount }, (_, task) =>
          z.map((value, row) => (tasks[row] === task ? value : 0)),
        )
      : []),
  ]
  const means = raw.map(
    (column) => column.reduce((sum, value) => sum + value, 0) / Math.max(1, column.length),
  )
  const columns = raw.map((column, i) => column.map((value) => value - (means[i] as number)))
  const heldOut = residuals.map((residual) => {
    const predictions = new Float64Array(residual.length)
    for (const rows of folds) {
      const weights = smallRidge(columns, without(residual, rows))
      for (const row of rows)
        predictions[row] = columns.reduce(
          (sum, column, i) => sum + (weights[i] as number) * (column[row] as number),
          0,
        )
    }
    return predictions
  })
  const weights = residuals.map((residual): DifficultyWeights => {
    const own = smallRidge(columns, residual)
    const [linear = 0, squared = 0, ...byTask] = own
    return {
      linear,
      squared,
      byTask: taskCount > 2 ? byTask : new Array<number>(taskCount).fill(0),
      offset: -own.reduce((sum, weight, i) => sum + weight * (means[i] as number), 0),
    }
  })
  return { weights, heldOut }
}
