import { Piscina } from 'piscina'
import type { FitAll, FitInput, LinearHeads } from '../tune/learn/linear-heads.js'
import type { SparseMatrix } from '../tune/learn/sparse-matrix.js'

/** Fits on several threads. */
export interface FitPool {
  readonly fitAll: FitAll
  close(): Promise<void>
}

/** `threads`: how many; each keeps a copy of the values of the matrix that it works on. */
export function openFitPool(threads: number): FitPool {
  const filename = new URL('./fit-worker.js', import.meta.url).href
  const pool = new Piscina<FitInput, LinearHeads>({ filename, minThreads: threads, maxThreads: threads })
  const fitAll: FitAll = (fits, onFit) => {
    const shared = new Map<SparseMatrix, SparseMatrix>()
    const matrixOf = (matrix: SparseMatrix): SparseMatrix => {
      const known = shared.get(matrix) ?? sharedMatrix(matrix)
      shared.set(matrix, known)
      return known
    }
    const heads = new Array<LinearHeads>(fits.length)
    // The longest first, so that no thread is left alone with one at the end.
    const order = fits.map((fit, index) => ({ fit, index })).sort((a, b) => workOf(b.fit) - workOf(a.fit))
    return Promise.all(
      order.map(async ({ fit, index }) => {
        heads[index] = await pool.run({ ...fit, matrix: matrixOf(fit.matrix) })
        onFit()
      }),
    ).then(() => heads)
  }
  return { fitAll, close: () => pool.close() }
}

function workOf({ matrix, targets, iterations }: FitInput): number {
  return matrix.values.length * targets.length * iterations
}

/** Typed arrays over shared memory are read by every thread where they stand; others are copied with each message. */
function sharedMatrix({ rows, columns, starts, indices, values }: SparseMatrix): SparseMatrix {
  const shared = {
    starts: new Int32Array(new SharedArrayBuffer(starts.byteLength)),
    indices: new Int32Array(new SharedArrayBuffer(indices.byteLength)),
    values: new Float64Array(new SharedArrayBuffer(values.byteLength)),
  }
  shared.starts.set(starts)
  shared.indices.set(indices)
  shared.values.set(values)
  return { rows, columns, ...shared }
}
