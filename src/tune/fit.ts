import type { LogTable } from '../core/log-table.js'
import { clamp } from './knobs.js'
import { ridge } from './ridge.js'
import type { Rungs } from './rungs.js'
import { createScreen, type Screen, type Screened } from './screen.js'

/** Penalties of the regression: the stronger one serves small logs. */
const STRENGTHS = [0.0005, 0.01]
/** Prices of a dollar in quality that are tried, around the one at which bottom and top rung are worth the same. */
const PRICES = 31
const SPREAD = 30
/** Prices at which weights are refined by coordinate steps. */
const REFINED = 5
const STEPS = [0.2, 0.1, 0.05]

/**
 * Weights and cuts that are good without budgets, as starting points for the search. A regression gives the direction:
 * its target is what a request loses in quality when the lower rungs answer it instead of the top one, less what it
 * saves, at several prices of a dollar in quality. Where all models fail alike nothing is lost, so such a request is easy
 * here. Coordinate steps then polish the weights for whole rungs, whose best cuts the screen knows exactly.
 */
export function fittedStarts(table: LogTable, rungs: Rungs, given: readonly number[]): readonly Screened[] {
  const screen = createScreen(table, rungs)
  const middle = middlePrice(rungs)
  const prices = pricesAround(rungs)
  const fitted = targets(rungs, middle).flatMap((target) =>
    STRENGTHS.flatMap((strength) => {
      const weights = ridge(table.features, target, strength)
      const scaled = weights === undefined ? undefined : toDifficulty(table, weights)
      return scaled === undefined ? [] : [scaled]
    }),
  )
  const pool = [given, ...fitted]
  const polished = ladder(middle, REFINED).map((price) =>
    polish(screen, bestStart(screen, pool, price), price),
  )
  return [...pool, ...polished].flatMap((weights) => [...screen.best(weights, prices)])
}

/** Prices of a dollar in quality that are worth trying. */
export function pricesAround(rungs: Rungs): readonly number[] {
  return ladder(middlePrice(rungs), PRICES)
}

function bestStart(screen: Screen, pool: readonly (readonly number[])[], price: number): readonly number[] {
  const worth = pool.map((weights) => worthOf(screen, weights, price))
  return pool[worth.indexOf(Math.max(...worth))] ?? []
}

/** One weight at a time, up and down, kept where it helps. */
function polish(screen: Screen, start: readonly number[], price: number): readonly number[] {
  let best = start
  let worth = worthOf(screen, best, price)
  for (const step of STEPS) {
    for (let index = 0; index < start.length; index++) {
      for (const change of [step, -step]) {
        const moved = best.map((weight, at) => (at === index ? clamp(weight + change, -2, 2) : weight))
        const reached = worthOf(screen, moved, price)
        if (reached <= worth) continue
        best = moved
        worth = reached
      }
    }
  }
  return best
}

function worthOf(screen: Screen, weights: readonly number[], price: number): number {
  const [found] = screen.best(weights, [price])
  return found === undefined ? -Infinity : found.quality - price * found.costUsd
}

/** Quality per dollar between the bottom and the top rung. */
function middlePrice({ count, costUsd, quality }: Rungs): number {
  const gain = mean(quality[count - 1]) - mean(quality[0])
  const extra = mean(costUsd[count - 1]) - mean(costUsd[0])
  return Math.max(0.02, gain) / Math.max(1e-9, Math.abs(extra))
}

function ladder(middle: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => middle * SPREAD ** ((2 * i) / (count - 1) - 1))
}

function targets({ count, costUsd, quality }: Rungs, middle: number): Float64Array[] {
  const top = count - 1
  const losses = [0, 0.3, 1].map((share) => {
    const worth = (rung: number, row: number): number =>
      (quality[rung]?.[row] ?? NaN) - share * middle * (costUsd[rung]?.[row] ?? NaN)
    return Float64Array.from(quality[0] ?? [], (_, row) => {
      let below = 0
      for (let rung = 0; rung < top; rung++) below += worth(rung, row)
      return worth(top, row) - below / Math.max(1, top)
    })
  })
  const bottom = quality[0] ?? new Float64Array(0)
  return [...losses, bottom.map((value, row) => (quality[1]?.[row] ?? NaN) - value)]
}

/** The same order of requests, moved to difficulties: nearly all of them between 0.05 and 0.95, weights within bounds. */
function toDifficulty(table: LogTable, weights: readonly number[]): readonly number[] | undefined {
  const [bias = 0, ...rest] = weights
  const scores = new Float64Array(table.size).fill(bias)
  rest.forEach((weight, index) => {
    const column = table.features[index]
    for (let row = 0; row < table.size; row++)
      scores[row] = (scores[row] as number) + weight * (column?.[row] ?? NaN)
  })
  const sorted = scores.filter((score) => !Number.isNaN(score)).sort()
  const low = sorted[Math.floor(sorted.length * 0.01)] ?? 0
  const high = sorted[Math.floor(sorted.length * 0.99)] ?? 0
  if (!(high - low > 1e-9)) return undefined
  const largest = Math.max(...rest.map(Math.abs))
  const scale = Math.min(0.9 / (high - low), 2 / largest)
  const centre = 0.5 - scale * ((low + high) / 2)
  const shifted = centre + scale * bias
  if (Math.abs(shifted) > 2) return undefined
  return [shifted, ...rest.map((weight) => weight * scale)].map((weight) => clamp(weight, -2, 2))
}

function mean(values: Float64Array | undefined): number {
  const known = (values ?? new Float64Array(0)).filter((value) => !Number.isNaN(value))
  return known.length === 0 ? 0 : known.reduce((sum, value) => sum + value, 0) / known.length
}
