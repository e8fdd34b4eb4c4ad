import { addTo, cell } from './cells.js'
import { PSEUDO_REQUESTS } from './design-matrix.js'
import { without } from './folds.js'
import { meanOfKnown } from './linear-heads.js'

/** A row's value less the mean of all models' values there. */
export function centredAt(columns: readonly Float64Array[], model: number, row: number): number {
  return cell(columns, model, row) - meanAt(columns, row)
}

export function meanAt(columns: readonly Float64Array[], row: number): number {
  let sum = 0
  for (const column of columns) sum += column[row] as number
  return sum / columns.length
}

/** Quality less the mean of the models known there, each around its own mean so that a gap does not pass for skill; NaN with fewer than two. */
export function contrastsOf(qualities: readonly Float64Array[]): Float64Array[] {
  const means = qualities.map(meanOfKnown)
  const grand = means.reduce((sum, mean) => sum + mean, 0) / means.length
  const rows = qualities[0]?.length ?? 0
  const contrasts = qualities.map(() => new Float64Array(rows).fill(NaN))
  for (let row = 0; row < rows; row++) {
    const known = qualities.flatMap((quality, model) => (Number.isNaN(quality[row] as number) ? [] : [model]))
    if (known.length < 2) continue
    const mean =
      known.reduce((sum, model) => sum + cell(qualities, model, row) - (means[model] as number), 0) /
      known.length
    for (const model of known)
      (contrasts[model] as Float64Array)[row] = cell(qualities, model, row) - mean - grand
  }
  return contrasts
}

/** By task, pulled to the model's mean by a few pseudo requests. */
export function taskMeansOf(quality: Float64Array, tasks: Int32Array, count: number): Float64Array {
  const mean = meanOfKnown(quality)
  const sums = new Float64Array(count).fill(PSEUDO_REQUESTS * mean)
  const sizes = new Float64Array(count).fill(PSEUDO_REQUESTS)
  quality.forEach((value, row) => {
    if (Number.isNaN(value)) return
    addTo(sums, tasks[row] as number, value)
    addTo(sizes, tasks[row] as number, 1)
  })
  return sums.map((sum, task) => sum / (sizes[task] as number))
}

export function taskMeansHeldOut(
  qualities: readonly Float64Array[],
  tasks: Int32Array,
  count: number,
  folds: readonly (readonly number[])[],
): Float64Array[] {
  return qualities.map((quality) => {
    const predictions = new Float64Array(quality.length)
    for (const rows of folds) {
      const means = taskMeansOf(without(quality, rows), tasks, count)
      for (const row of rows) predictions[row] = means[tasks[row] as number] as number
    }
    return predictions
  })
}
