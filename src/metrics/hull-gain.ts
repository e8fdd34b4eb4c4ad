import type { LogTable, OutcomeColumns } from '../core/log-table.js'
import type { Steps } from '../replay/steps.js'
import type { Figure } from './bootstrap.js'
import { KNOWN_ENOUGH, type Contributions } from './contributions.js'
import { convexHull, qualityOnHull } from './hull.js'

/** On fewer than this share of the requests the hull would be that of a selected few. */
const COMPARABLE_SHARE = 0.5

/**
 * The gain of a run over the best fixed mix of its own models at its own mean cost, as a figure for the bootstrap: the
 * hull is computed anew from each replicate's means, over the requests where the run and all compared models are known.
 * Compared models are those the run used, and those of its models that are known on 95 % of the requests. Null where
 * that leaves fewer than half of the requests (a log with one outcome a request leaves none).
 */
export function hullGain(table: LogTable, steps: Steps, run: Contributions): Figure | null {
  const compared = comparedOutcomes(table, steps)
  const included = run.quality.map((quality, row) =>
    isKnown(quality, run.costNanoUsd[row]) &&
    compared.every((outcome) => isKnown(outcome.quality[row], outcome.costNanoUsd[row]))
      ? 1
      : 0,
  )
  const rows = included.reduce((sum, value) => sum + value, 0)
  if (compared.length === 0 || rows === 0 || rows < run.size * COMPARABLE_SHARE) return null
  const only = (values: Float64Array): Float64Array =>
    values.map((value, row) => (included[row] === 1 ? value : 0))
  const singles = compared.flatMap((outcome) => [only(outcome.costNanoUsd), only(outcome.quality)])
  return { series: [only(run.costNanoUsd), only(run.quality), included, ...singles], value: gainFromSums }
}

/**
 * Quality minus hull from sums [cost, quality, requests, cost and quality of each model …]. Cheaper than the cheapest
 * model, where the hull is undefined, the run is compared with that model, which costs more: the true gain is no less.
 */
export function gainFromSums(sums: Float64Array): number {
  const requests = sums[2] ?? 0
  if (requests === 0) return NaN
  const points = []
  for (let index = 3; index + 1 < sums.length; index += 2) {
    points.push({
      label: '',
      costUsd: (sums[index] ?? 0) / requests,
      quality: (sums[index + 1] ?? 0) / requests,
    })
  }
  const hull = convexHull(points)
  const cost = Math.max((sums[0] ?? 0) / requests, hull[0]?.costUsd ?? 0)
  return (sums[1] ?? 0) / requests - (qualityOnHull(hull, cost) ?? NaN)
}

/** True where a run is cheaper than the cheapest of its models, so that no fixed mix costs as little. */
export function isLeftOfHull({ series: [cost, , included, ...singles] }: Figure): boolean {
  const total = (values: Float64Array | undefined): number =>
    values?.reduce((sum, value) => sum + value, 0) ?? NaN
  const costs = singles.filter((_, index) => index % 2 === 0).map(total)
  return total(included) > 0 && total(cost) < Math.min(...costs) * (1 - 1e-12)
}

/** The models that a run is held against. */
export function comparedOutcomes(table: LogTable, steps: Steps): readonly OutcomeColumns[] {
  const used = new Set(steps.model)
  return table.outcomes.filter((outcome) => {
    const index = steps.models.findIndex((model) => model.id === outcome.model)
    if (index < 0) return false
    if (used.has(index)) return true
    let known = 0
    for (let row = 0; row < table.size; row++) {
      if (isKnown(outcome.quality[row], outcome.costNanoUsd[row])) known++
    }
    return known >= table.size * KNOWN_ENOUGH
  })
}

function isKnown(quality: number | undefined, cost: number | undefined): boolean {
  return !Number.isNaN(quality ?? NaN) && !Number.isNaN(cost ?? NaN)
}
