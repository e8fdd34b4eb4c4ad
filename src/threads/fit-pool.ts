import { Piscina } from 'piscina'
import type { FitAll, FitInput, LinearHeads } from '../tune/learn/linear-heads.js'
import { shared } from './shared.js'

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
    const known = new Map<object, unknown>()
    const heads = new Array<LinearHeads>(fits.length)
    // The longest first, so that no thread is left alone with one at the end.
    const order = fits.map((fit, index) => ({ fit, index })).sort((a, b) => workOf(b.fit) - workOf(a.fit))
    return Promise.all(
      order.map(async ({ fit, index }) => {
        heads[index] = await pool.run({ ...fit, matrix: shared(fit.matrix, known) })
        onFit()
      }),
    ).then(() => heads)
  }
  return { fitAll, close: () => pool.close() }
}

function workOf({ matrix, targets, iterations }: FitInput): number {
  return matrix.values.length * targets.length * iterations
}
