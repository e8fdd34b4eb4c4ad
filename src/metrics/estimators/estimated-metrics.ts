import { usd } from '../../core/money.js'
import { bootstrapIntervals, pointOf, type Figure } from '../bootstrap.js'
import type { Clusters } from '../clusters.js'
import type { EstimatorFigures, Estimators, Interval, RunMetrics } from '../result.js'
import { calledFigure } from './estimator-figure.js'
import { intervalWithin, within } from './points-and-intervals.js'
import type { QuotableRun, RefusableFigure } from './off-policy.js'
import {
  figureOfTotals,
  maskedParts,
  quotedPart,
  rowCount,
  totalParts,
  type QuotedPart,
} from './quoted-part.js'

export interface EstimatedMetricsInput {
  readonly own: QuotableRun
  readonly base: QuotableRun
  /** Of the run; undefined where all of it was looked up. */
  readonly estimators: Estimators | undefined
  readonly isBaseline: boolean
  /** 1 where the run answered the request. */
  readonly served: Uint8Array
  readonly clusters: Clusters
  readonly replicates: number
  readonly seed: number
}

type QualityMetrics = Pick<
  RunMetrics,
  'quality' | 'qualityCi' | 'qualityServed' | 'qualityDelta' | 'qualityDeltaCi'
>
type CostMetrics = Pick<
  RunMetrics,
  | 'costUsd'
  | 'meanCostUsd'
  | 'costCi'
  | 'costBasis'
  | 'baselineCostUsd'
  | 'savedByRouting'
  | 'avoidedByRefusing'
  | 'savingsCi'
>

/** What takes the place of the figures that replay looked up: only those that rest on an estimate, of run or baseline. */
export function estimatedMetrics(input: EstimatedMetricsInput): Partial<QualityMetrics & CostMetrics> {
  const { own, base } = input
  return {
    ...(isEstimated(own.quality) || isEstimated(base.quality) ? qualityMetrics(input) : {}),
    ...(isEstimated(own.cost) || isEstimated(base.cost) ? costMetrics(input) : {}),
  }
}

function qualityMetrics(input: EstimatedMetricsInput): Partial<QualityMetrics> {
  const { own, base, isBaseline } = input
  const part = quotedPart(own.quality, own)
  const other = quotedPart(base.quality, base)
  const delta = isBaseline ? {} : deltaOf(input, part, other)
  const quoted = quotedFigures(input)
  if (!isEstimated(own.quality) || part === undefined || quoted === undefined) return delta
  return {
    quality: quoted.quality,
    qualityCi: quoted.qualityCi,
    qualityServed: within(pointOf(calledFigure(part.contribution)), { low: 0, high: 1 }),
    ...delta,
    ...(isBaseline ? { qualityDelta: 0, qualityDeltaCi: null } : {}),
  }
}

function quotedFigures({ estimators }: EstimatedMetricsInput): EstimatorFigures | undefined {
  const quoted = estimators?.quoted ?? null
  return quoted === null ? undefined : estimators?.[quoted]
}

/** Request by request, so that what both share cancels. */
function deltaOf(
  input: EstimatedMetricsInput,
  own: QuotedPart | undefined,
  other: QuotedPart | undefined,
): Pick<RunMetrics, 'qualityDelta' | 'qualityDeltaCi'> {
  if (own === undefined || other === undefined) return { qualityDelta: null, qualityDeltaCi: null }
  const figure = figureOfTotals(
    [totalParts(own), totalParts(other), rowCount(own)],
    ([mine = NaN, theirs = NaN, rows = 0]) => (mine - theirs) / rows,
  )
  const range = { low: -1, high: 1 }
  return {
    qualityDelta: within(pointOf(figure), range),
    qualityDeltaCi: notOnePoint(intervalWithin(intervalOf(input, figure, [own, other]), range)),
  }
}

function costMetrics(input: EstimatedMetricsInput): Partial<CostMetrics> {
  const { own, base, isBaseline } = input
  const ownPart = quotedPart(own.cost, own)
  const basePart = quotedPart(base.cost, base)
  const saved = savingsOf(input, ownPart, basePart)
  const quoted = quotedFigures(input)
  if (!isEstimated(own.cost) || ownPart === undefined || quoted === undefined) return saved
  const { meanCostUsd } = quoted
  return {
    costUsd: meanCostUsd === null ? null : meanCostUsd * ownPart.rows.size,
    meanCostUsd,
    costCi: quoted.costCi,
    costBasis: 'weighted',
    ...saved,
    ...(isBaseline ? { savingsCi: null } : {}),
  }
}

type SavingsMetrics = Pick<
  CostMetrics,
  'baselineCostUsd' | 'savedByRouting' | 'avoidedByRefusing' | 'savingsCi'
>

/** As `savings` splits them: what the baseline would have cost on refused requests is no merit of the router. */
function savingsOf(
  input: EstimatedMetricsInput,
  own: QuotedPart | undefined,
  base: QuotedPart | undefined,
): SavingsMetrics {
  const baselineNano =
    base === undefined ? NaN : pointOf(figureOfTotals([totalParts(base)], ([total = NaN]) => total))
  const baselineCostUsd = usdOf(baselineNano)
  if (own === undefined || base === undefined)
    return { baselineCostUsd, savedByRouting: null, avoidedByRefusing: null, savingsCi: null }
  const refused = Float64Array.from(input.served, (is) => 1 - is)
  const parts = [totalParts(base), totalParts(own), maskedParts(base, refused), maskedParts(own, refused)]
  const routed = ([all = NaN, mine = NaN, refusedBase = NaN, refusedOwn = NaN]: readonly number[]): number =>
    all - mine - (refusedBase - refusedOwn)
  const share = figureOfTotals(parts, (totals) => routed(totals) / (totals[0] ?? NaN))
  return {
    baselineCostUsd,
    savedByRouting: usdOf(pointOf(figureOfTotals(parts, routed))),
    avoidedByRefusing: usdOf(
      pointOf(figureOfTotals(parts, ([, , refusedBase = NaN, refusedOwn = NaN]) => refusedBase - refusedOwn)),
    ),
    savingsCi: input.isBaseline ? null : notOnePoint(intervalOf(input, share, [own, base])),
  }
}

function intervalOf(
  { clusters, replicates, seed }: EstimatedMetricsInput,
  figure: Figure,
  parts: readonly QuotedPart[],
): Interval | null {
  const effectiveUnits = Math.min(...parts.map((part) => part.effective))
  const [interval] = bootstrapIntervals({
    clusters,
    figures: [{ ...figure, effectiveUnits }],
    replicates,
    seed,
  })
  return interval ?? null
}

function isEstimated(figure: RefusableFigure): boolean {
  return figure.refused === null && figure.estimates !== undefined
}

/** No observed difference never means that there can be none. */
function notOnePoint(interval: Interval | null): Interval | null {
  return interval !== null && interval[0] === interval[1] ? null : interval
}

function usdOf(nano: number): number | null {
  return Number.isFinite(nano) ? usd(nano) : null
}
