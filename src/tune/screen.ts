import type { LogTable } from '../core/log-table.js'
import type { Rungs } from './rungs.js'

/** Difficulties are told apart this finely; the last bin holds exactly 1, where every cut has been passed. */
const BINS = 1000

/** Cuts for a set of weights, and what they would cost and be worth without budgets. */
export interface Screened {
  readonly weights: readonly number[]
  readonly cuts: readonly number[]
  readonly costUsd: number
  readonly quality: number
}

/** Judges weights by the best cuts they allow, without a replay: hundreds of times faster, and blind to budgets. */
export interface Screen {
  /** The cuts that maximise mean quality - `price` x mean cost, one answer a price. */
  best(weights: readonly number[], prices: readonly number[]): readonly Screened[]
}

/**
 * Difficulties are binned, costs and qualities added up by bin and rung, and the best cuts found exactly by dynamic
 * programming over the bins: rung r's best end at bin k is its prefix sum plus the best that the rungs below it reach.
 */
export function createScreen(table: LogTable, rungs: Rungs): Screen {
  const rows = createRows(table)
  const width = BINS + 1
  const cost = new Float64Array(rungs.count * width)
  const quality = new Float64Array(rungs.count * width)
  const cutsAt = createCutter(rungs.count)
  const known = knownRows(rungs)
  const size = known.reduce((sum, value) => sum + value, 0)

  const fill = (weights: readonly number[]): void => {
    cost.fill(0)
    quality.fill(0)
    for (let row = 0; row < table.size; row++) {
      if (known[row] === 0) continue
      const bin = Math.floor(rows.difficulty(weights, row) * BINS)
      for (let rung = 0; rung < rungs.count; rung++) {
        const cell = rung * width + bin
        cost[cell] = (cost[cell] as number) + (rungs.costUsd[rung]?.[row] as number)
        quality[cell] = (quality[cell] as number) + (rungs.quality[rung]?.[row] as number)
      }
    }
  }
  return {
    best(weights, prices) {
      if (size === 0) return []
      fill(weights)
      return prices.map((price) => {
        const ends = cutsAt(quality, cost, price)
        const total = (sums: Float64Array): number => sumAlong(sums, ends, width) / size
        return { weights, cuts: ends.map((bin) => bin / BINS), costUsd: total(cost), quality: total(quality) }
      })
    },
  }
}

/** First bin of every rung but the lowest, never falling, for the most of quality - price x cost. */
type Cutter = (quality: Float64Array, cost: Float64Array, price: number) => number[]

function createCutter(count: number): Cutter {
  const width = BINS + 1
  const from = new Int32Array(count * width)
  let [reached, next] = [new Float64Array(width), new Float64Array(width)]
  return (quality, cost, price) => {
    reached.fill(0)
    for (let rung = 0; rung < count; rung++) {
      const row = rung * width
      let prefix = 0
      let bestStart = 0
      let best = rung === 0 ? 0 : -Infinity
      for (let bin = 0; bin <= BINS; bin++) {
        if (rung > 0 && (reached[bin] as number) - prefix > best) {
          best = (reached[bin] as number) - prefix
          bestStart = bin
        }
        next[bin] = prefix + best
        from[row + bin] = bestStart
        if (bin < BINS) prefix += (quality[row + bin] as number) - price * (cost[row + bin] as number)
      }
      ;[reached, next] = [next, reached]
    }
    const cuts: number[] = []
    let end = BINS
    for (let rung = count - 1; rung > 0; rung--) {
      end = from[rung * width + end] as number
      cuts.unshift(end)
    }
    return cuts
  }
}

function sumAlong(sums: Float64Array, cuts: readonly number[], width: number): number {
  let total = 0
  let rung = 0
  for (let bin = 0; bin < width; bin++) {
    while (rung < cuts.length && bin >= (cuts[rung] as number)) rung++
    total += sums[rung * width + bin] as number
  }
  return total
}

function knownRows({ costUsd, quality }: Rungs): Uint8Array {
  const size = costUsd[0]?.length ?? 0
  return Uint8Array.from({ length: size }, (_, row) =>
    [...costUsd, ...quality].every((values) => !Number.isNaN(values[row] ?? NaN)) ? 1 : 0,
  )
}

interface Rows {
  difficulty(weights: readonly number[], row: number): number
}

/** Features row by row, for many passes over all of them. The caller's own assessment counts before any weight. */
function createRows(table: LogTable): Rows {
  const width = table.features.length
  const matrix = new Float64Array(table.size * width)
  table.features.forEach((column, index) => {
    for (let row = 0; row < table.size; row++) matrix[row * width + index] = column[row] as number
  })
  return {
    difficulty(weights, row) {
      const assessed = table.assessedDifficulty[row] as number
      if (!Number.isNaN(assessed)) return Math.min(1, Math.max(0, assessed))
      let sum = weights[0] as number
      for (let i = 0; i < width; i++) sum += (weights[i + 1] as number) * (matrix[row * width + i] as number)
      return sum <= 0 ? 0 : sum < 1 ? sum : 1
    },
  }
}
