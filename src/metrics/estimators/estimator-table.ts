import { usd } from '../../core/money.js'
import { bootstrapIntervals, type Figure } from '../bootstrap.js'
import type { Clusters } from '../clusters.js'
import type { Range } from '../rare-events.js'
import type { EstimatorFigures, Estimators, Interval } from '../result.js'
import { doublyRobust } from './doubly-robust.js'
import { estimatorFigure } from './estimator-figure.js'
import { ESTIMATORS } from './estimate-figure.js'
import type { OffPolicy, RefusableFigure } from './off-policy.js'
import { intervalWithin, pointsAndIntervals, type Estimate } from './points-and-intervals.js'
import type { TargetRows } from './target-rows.js'

export interface EstimatorTableInput {
  readonly found: OffPolicy
  readonly clusters: Clusters
  /** Mean quality of the run if every unseen outcome were 0, and 1. */
  readonly qualityBounds: Interval
  readonly replicates: number
  readonly seed: number
}

/** Every estimator's figures with 95 % intervals, all from the same resamples. */
export function estimatorTable(input: EstimatorTableInput): Estimators {
  const { found } = input
  const quality = reported(input, found.quality, { low: 0, high: 1 })
  const cost = reported(input, found.cost, { low: 0, high: Infinity })
  const rows = ESTIMATORS.map((name, place): [string, EstimatorFigures] => [
    name,
    {
      quality: quality[place]?.point ?? null,
      qualityCi: quality[place]?.interval ?? null,
      meanCostUsd: inUsd(cost[place]?.point ?? null),
      costCi: usdInterval(cost[place]?.interval ?? null),
    },
  ])
  const [costLow, costHigh] = found.costBounds
  return {
    ...quotedOf(found),
    refused: { quality: found.quality.refused, cost: found.cost.refused },
    ...(Object.fromEntries(rows) as Pick<Estimators, (typeof ESTIMATORS)[number]>),
    ess: found.effective,
    overlap: found.overlap,
    bounds: {
      quality: input.qualityBounds,
      qualityAssisted: assistedBounds(input),
      meanCostUsd: [usd(costLow), inUsd(costHigh)],
    },
  }
}

function quotedOf({ quality, cost, quoted }: OffPolicy): Pick<Estimators, 'quoted' | 'because'> {
  if (quoted !== undefined) return { quoted: quoted.name, because: quoted.because }
  return { quoted: null, because: quality.refused ?? cost.refused ?? '' }
}

function reported(input: EstimatorTableInput, figure: RefusableFigure, range: Range): readonly Estimate[] {
  const { refused, estimates } = figure
  return refused !== null || estimates === undefined ? [] : pointsAndIntervals({ ...input, estimates, range })
}

/** Calls that the log gave no chance at 0 and at 1, the rest by DR; the outer ends of both intervals. */
function assistedBounds({ found, clusters, replicates, seed }: EstimatorTableInput): Interval | null {
  const { estimates } = found.quality
  if (estimates === undefined || found.overlap.unsupportedShare === 0) return null
  const { rows, predicted, effective } = estimates
  const figures: Figure[] = [0, 1].map((value) => {
    const supposed = withSupposed(rows, found.support, value)
    return { ...estimatorFigure(supposed, doublyRobust(supposed, predicted)), effectiveUnits: effective }
  })
  const [low, high] = bootstrapIntervals({ clusters, figures, replicates, seed })
  if (low === null || low === undefined || high === null || high === undefined) return null
  return intervalWithin([low[0], high[1]], { low: 0, high: 1 })
}

/** Calls without a chance are taken as settled at the value. */
function withSupposed(rows: TargetRows, support: Float64Array, value: number): TargetRows {
  const isOut = (row: number): boolean => support[row] === 0
  return {
    ...rows,
    called: rows.called.map((is, row) => (isOut(row) ? 0 : is)),
    usable: rows.usable.map((is, row) => (isOut(row) ? 0 : is)),
    settled: rows.settled.map((own, row) => (isOut(row) ? value : own)),
  }
}

function inUsd(nano: number | null): number | null {
  return nano === null || !Number.isFinite(nano) ? null : usd(nano)
}

function usdInterval(interval: Interval | null): Interval | null {
  return interval === null ? null : [usd(interval[0]), usd(interval[1])]
}
