import { usd } from '../core/money.js'
import { bootstrapIntervals, meanOfKnown, pointOf, ratio } from './bootstrap.js'
import type { Clusters } from './clusters.js'
import { knownMean, KNOWN_ENOUGH, type Contributions } from './contributions.js'
import { qualityDifference } from './quality-difference.js'
import type { RunColumns } from './request-columns.js'
import type { Interval } from './result.js'
import { DIFFERENCE, withRareEvents } from './run-intervals.js'

export interface EstimatedChange {
  readonly change: number | null
  readonly ci: Interval | null
}

/** Second run minus first over the same requests. */
export interface PairedChange {
  readonly changes: {
    readonly costUsd: EstimatedChange
    /** Of what the first run cost. */
    readonly costShare: EstimatedChange
    readonly quality: EstimatedChange
    readonly served: EstimatedChange
  }
  readonly unit: string
  readonly units: number
  /** Why there is no interval; null where there is. */
  readonly because: string | null
}

/** Intervals of 95 % by the bootstrap over whole sessions, or over what the more entangled of the two runs draws. */
export function pairedChange(
  from: RunColumns,
  to: RunColumns,
  { seed, replicates }: { readonly seed: number; readonly replicates: number },
): PairedChange {
  const clusters = coarser(from.clusters, to.clusters)
  const cost = difference(to.run.costNanoUsd, from.run.costNanoUsd)
  const quality = qualityDifference(to.run, from.run)
  const served = Float64Array.from(to.run.served, (value, row) => value - (from.run.served[row] ?? 0))
  const relative = relativeCost(cost, from.run)
  const meanCost = knownMean(cost)
  const point = { unit: clusters.unit, units: clusters.units }
  const isKnown = cost.every((value) => value === 0) && quality.contributions.every((value) => value === 0)
  const figures = [meanOfKnown(cost), relative, meanOfKnown(quality.contributions), meanOfKnown(served)]
  const [costCi = null, shareCi = null, qualityCi = null, servedCi = null] = isKnown
    ? []
    : bootstrapIntervals({ clusters, figures, replicates, seed })
  const share = pointOf(relative)
  return {
    changes: {
      costUsd: estimated(
        meanCost === null ? null : usd(meanCost),
        costCi && [usd(costCi[0]), usd(costCi[1])],
      ),
      costShare: estimated(meanCost === null || Number.isNaN(share) ? null : share, shareCi),
      quality: estimated(
        quality.mean,
        withRareEvents(qualityCi, clusters, quality.contributions, DIFFERENCE),
      ),
      served: estimated(
        served.reduce((sum, value) => sum + value, 0) / Math.max(1, served.length),
        withRareEvents(servedCi, clusters, served, DIFFERENCE),
      ),
    },
    ...point,
    because: isKnown
      ? 'both runs did the same on every request'
      : clusters.sufficient
        ? unknownCosts(meanCost, quality.knownShare)
        : clusters.note,
  }
}

/** No change that is known, no interval of it. */
function estimated(change: number | null, ci: Interval | null): EstimatedChange {
  return { change, ci: change === null ? null : ci }
}

/** Of two ways to draw, the one with fewer wholes: it ties together all that either run ties together, or nearly. */
function coarser(a: Clusters, b: Clusters): Clusters {
  return b.units < a.units ? b : a
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, row) => value - (b[row] ?? NaN))
}

function relativeCost(cost: Float64Array, { costNanoUsd }: Contributions): ReturnType<typeof ratio> {
  const known = (values: Float64Array): Float64Array =>
    values.map((value, row) => (Number.isNaN(cost[row] ?? NaN) ? 0 : value))
  return ratio(known(cost), known(costNanoUsd))
}

function unknownCosts(meanCost: number | null, knownQuality: number): string | null {
  const missing = [
    ...(meanCost === null ? ['cost'] : []),
    ...(knownQuality < KNOWN_ENOUGH ? ['quality'] : []),
  ]
  return missing.length === 0
    ? null
    : `${missing.join(' and ')} under both runs is known for less than ${KNOWN_ENOUGH * 100} % of the requests`
}
