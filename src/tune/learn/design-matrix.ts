import { SHAPE_NAMES } from '../../core/classify/text-shape.js'
import { BUCKETS } from '../../core/classify/text-vector.js'
import { SparseMatrixBuilder, type SparseMatrix } from './sparse-matrix.js'
import type { TextCorpus } from './text-corpus.js'

/** Where a linear function of a request has its weights: text, shape, shape by task, offset by task. */
export interface Columns {
  readonly text: number
  readonly shape: number
  readonly shapeByTask: number
  readonly byTask: number
  readonly count: number
}

/** Requests that a task's offset is pulled to 0 with. */
export const PSEUDO_REQUESTS = 3

/** `tasks`: with the one for requests whose task is unknown. */
export function columnsFor(tasks: number): Columns {
  const width = SHAPE_NAMES.length
  const shape = 2 * BUCKETS
  return {
    text: 0,
    shape,
    shapeByTask: shape + width,
    byTask: shape + width + tasks * width,
    count: shape + width + tasks * width + tasks,
  }
}

/**
 * What each column is multiplied by, so that a ridge of strength 1 on all of them is one of strength 1 / `s` on the sum of
 * three equal parts, words, characters and shape (which counts half alone and half by task), and of `PSEUDO_REQUESTS` on offsets.
 */
export function columnScales({ shape, byTask, count }: Columns, s: number): Float64Array {
  const part = Math.sqrt(s / 3)
  const scales = new Float64Array(count).fill(part)
  scales.fill(part / Math.sqrt(2 * SHAPE_NAMES.length), shape, byTask)
  scales.fill(1 / Math.sqrt(PSEUDO_REQUESTS), byTask)
  return scales
}

/** One row a request, unscaled. */
export function designMatrix({ vectors, shapes, tasks }: TextCorpus, columns: Columns): SparseMatrix {
  const builder = new SparseMatrixBuilder(columns.count)
  for (let row = 0; row < vectors.rows; row++) {
    for (let i = vectors.starts[row] as number; i < (vectors.starts[row + 1] as number); i++)
      builder.put(vectors.indices[i] as number, vectors.values[i] as number)
    const task = tasks[row] as number
    const own = columns.shapeByTask + task * SHAPE_NAMES.length
    shapes[row]?.forEach((value, i) => {
      builder.put(columns.shape + i, value)
      builder.put(own + i, value)
    })
    builder.put(columns.byTask + task, 1)
    builder.endRow()
  }
  return builder.build()
}

/** The same entries, each column multiplied. */
export function scaledColumns(matrix: SparseMatrix, scales: Float64Array): SparseMatrix {
  const values = matrix.values.map((value, i) => value * (scales[matrix.indices[i] as number] as number))
  return { ...matrix, values }
}
