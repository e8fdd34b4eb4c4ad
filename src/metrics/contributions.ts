import { ENDS, type Steps } from '../replay/steps.js'

const SERVED = ENDS.indexOf('served')

/** What each offered request adds to a run's figures, by row of the log. */
export interface Contributions {
  readonly size: number
  /** 1 where the request was answered. */
  readonly served: Uint8Array
  /** The bill in nano-dollars, NaN unknown. */
  readonly costNanoUsd: Float64Array
  /** With `unservedQuality` for requests that got no answer; NaN = unknown. */
  readonly quality: Float64Array
}

/** Per-request contributions of a run whose steps are in row order. */
export function contributions(steps: Steps, unservedQuality: number): Contributions {
  const served = steps.end.map((end) => (end === SERVED ? 1 : 0))
  const quality = steps.quality.map((value, row) => (served[row] === 1 ? value : unservedQuality))
  return { size: steps.size, served, costNanoUsd: steps.costNanoUsd, quality }
}

/** Sum and number of the values that are known (not NaN). */
export function sumOfKnown(values: Float64Array): { readonly sum: number; readonly known: number } {
  let sum = 0
  let known = 0
  for (const value of values) {
    if (Number.isNaN(value)) continue
    sum += value
    known++
  }
  return { sum, known }
}

/** A point estimate stands on known values only where at least this share is known. */
export const KNOWN_ENOUGH = 0.95

/** Mean of the known values, null where less than 95 % are known. */
export function knownMean(values: Float64Array): number | null {
  const { sum, known } = sumOfKnown(values)
  return known === 0 || known < values.length * KNOWN_ENOUGH ? null : sum / known
}
