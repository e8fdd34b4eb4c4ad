import { usd } from '../../core/money.js'
import { hullSegments, singleModels, type OutcomeMatrix } from './outcome-matrix.js'
import type { Predictions, Setting, Sweep } from './sweep.js'

/** Cost weights between the ends of the grid, and how far its ends lie from the hull's slopes, as a factor. */
const GRID = 81
const AROUND = 100

/**
 * The `utility` selector under every cost weight: the slopes of the hull that is learned from, where its mixes are
 * indifferent, and a logarithmic grid between and around them; 0 is the best answer at any cost.
 */
export function utilitySweep(matrix: OutcomeMatrix, predictions: Predictions): Sweep {
  const weights = costWeights(matrix)
  const seen = new Set<string>()
  const settings: Setting[] = []
  for (const costWeight of weights) {
    const label = `cost weight ${Number(costWeight.toPrecision(4))}`
    if (seen.has(label)) continue
    seen.add(label)
    settings.push({ label, costWeight, choice: mostUseful(predictions, costWeight) })
  }
  settings.sort((a, b) => (a.costWeight ?? 0) - (b.costWeight ?? 0))
  return { settings, score: dearerAdvantage(matrix, predictions) }
}

/** The slopes first, so that of two with the same label they are kept. */
function costWeights(matrix: OutcomeMatrix): readonly number[] {
  const singles = singleModels(matrix, matrix.learnRows)
  const slopes = hullSegments(singles).map(({ slope }) => slope)
  const ends = slopes.length > 0 ? slopes : [fallbackSlope(singles)]
  const low = Math.min(...ends) / AROUND
  const high = Math.max(...ends) * AROUND
  const grid = Array.from({ length: GRID }, (_, step) => low * (high / low) ** (step / (GRID - 1)))
  return [...slopes, ...grid, 0]
}

/** Where one model is the cheapest and the best: a tenth of the quality for the range of costs. */
function fallbackSlope(singles: readonly { readonly costUsd: number }[]): number {
  const costs = singles.map(({ costUsd }) => costUsd)
  const range = Math.max(...costs) - Math.min(...costs)
  return range > 0 ? 0.1 / range : 1
}

/** As the selector chooses: the most of quality - weight x cost; of equals the cheaper one. */
function mostUseful({ quality, costNanoUsd }: Predictions, costWeight: number): Int16Array {
  return Int16Array.from({ length: quality[0]?.length ?? 0 }, (_, row) => {
    let best = 0
    let [most, least] = [-Infinity, Infinity]
    quality.forEach((column, model) => {
      const cost = costNanoUsd[model]?.[row] ?? 0
      const utility = (column[row] ?? 0) - costWeight * usd(cost)
      if (utility > most || (utility === most && cost < least)) [best, most, least] = [model, utility, cost]
    })
    return best
  })
}

function dearerAdvantage(matrix: OutcomeMatrix, { quality }: Predictions): Float64Array {
  const costs = singleModels(matrix, matrix.learnRows).map(({ costUsd }) => costUsd)
  const [dear, cheap] = [costs.indexOf(Math.max(...costs)), costs.indexOf(Math.min(...costs))]
  return (quality[dear] ?? new Float64Array()).map((value, row) => value - (quality[cheap]?.[row] ?? 0))
}
