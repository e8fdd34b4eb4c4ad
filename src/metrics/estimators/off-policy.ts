import type { LogTable } from '../../core/log-table.js'
import type { Policy } from '../../core/policy.js'
import { isChargeKnown, type ReplayResult, type Steps } from '../../replay/steps.js'
import type { Clusters } from '../clusters.js'
import { knownMean, type Contributions } from '../contributions.js'
import { costColumn } from '../outcome-cost.js'
import type { Overlap } from '../result.js'
import { covariates } from './covariates.js'
import { estimateFigure, type FigureEstimates, type FigureInput } from './estimate-figure.js'
import { effectiveSampleSize } from './effective-sample-size.js'
import { clusterFolds } from './folds.js'
import { observedBy, type Observed } from './observed.js'
import { overlap, supportOf } from './overlap.js'
import { quotedEstimator, type Quoted } from './quoted-estimator.js'
import { isPartlyEstimable, refusal, type RefusalInput } from './refusal.js'
import { statedCostBounds, type CostBounds } from './stated-cost-bounds.js'
import { targetActions, targetRows } from './target-rows.js'

export interface OffPolicyInput {
  readonly table: LogTable
  readonly result: ReplayResult
  /** In row order. */
  readonly steps: Steps
  /** Why quality is no matter of weights, as the end of a sentence; null where it may be. */
  readonly refusedQuality: string | null
  readonly run: Contributions
  readonly policy: Policy | undefined
  readonly clusters: Clusters
  readonly seed: number
}

/** One figure by every estimator, or why there is no point estimate of it. */
export interface RefusableFigure {
  /** Null where there is one. */
  readonly refused: string | null
  /** Undefined where it is refused and nothing else needs it. */
  readonly estimates: FigureEstimates | undefined
  /** By row, where replay could look up every one of them, or of a full matrix nearly every one; NaN unknown. */
  readonly lookedUp?: Float64Array
}

/** As much of a run as figures of two runs together need. */
export type QuotableRun = Pick<OffPolicy, 'quality' | 'cost' | 'quoted'>

/** What a log with one outcome a request says of a target policy: per-row contributions, not yet figures. */
export interface OffPolicy {
  readonly quality: RefusableFigure
  /** In nano-dollars. */
  readonly cost: RefusableFigure
  /** Undefined where both are refused. */
  readonly quoted: Quoted | undefined
  readonly overlap: Overlap
  readonly effective: number
  /** By row, of the target's call: 1 where it had a chance in the log, 0 where it had none, NaN where nobody says. */
  readonly support: Float64Array
  readonly costBounds: CostBounds
}

/**
 * Undefined where no row says which model was called. Figures that replay could look up on every row are refused: they need
 * no estimate.
 */
export function offPolicy(input: OffPolicyInput): OffPolicy | undefined {
  const { table, steps, run, policy } = input
  if (!table.chosen.some((model) => model >= 0)) return undefined
  const actions = targetActions(table, steps)
  const observed = observedBy(table, actions)
  const { model: chosen, chance: propensity } = observed
  const support = supportOf(table, actions, observed)
  const zeros = new Float64Array(table.size)
  const calls = targetRows({ actions, chosen, propensity, logged: zeros, replayed: zeros })
  const common = commonRefusal(input, overlap(table, actions, support, calls))
  const known = once(() => covariates(table, steps.difficulty))
  const figure = figureOf(input, { actions, chosen, propensity }, common, known)
  const logged = { quality: loggedQuality(table, observed), cost: loggedCosts(table, steps, observed) }
  const replayedCost = knownCosts(steps)
  const quality = figure('quality', {
    logged: logged.quality,
    replayed: run.quality,
    range: { low: 0, high: 1 },
  })
  const cost = figure('cost', {
    logged: logged.cost,
    replayed: replayedCost,
    range: { low: 0, high: Infinity },
  })
  return {
    quality,
    cost,
    quoted: quotedOf({ ...table, chosen }, actions, known, [
      ...(quality.refused === null ? [logged.quality] : []),
      ...(cost.refused === null ? [logged.cost] : []),
    ]),
    overlap: common.overlap,
    effective: effectiveSampleSize(calls.weight),
    support,
    costBounds: statedCostBounds(
      table,
      steps,
      replayedCost,
      policy?.file.reservation.defaultMaxOutputTokens ?? Infinity,
    ),
  }
}

type CommonRefusal = Pick<RefusalInput, 'overlap' | 'faulty' | 'cascade' | 'drawsLots' | 'sampled'>
type OwnInput = Pick<FigureInput, 'logged' | 'replayed' | 'range'>

function commonRefusal({ table, result, policy }: OffPolicyInput, found: Overlap): CommonRefusal {
  return {
    overlap: found,
    faulty: result.faults !== undefined,
    cascade: result.scores !== undefined,
    drawsLots: policy?.exploration !== undefined || policy?.selector.chances !== undefined,
    sampled: table.sampled !== undefined,
  }
}

/** One estimator for both figures, by the outcomes of the first that is estimated; undefined where none is. */
function quotedOf(
  { chosen, outcomes }: LogTable,
  actions: Int32Array,
  known: () => readonly Float64Array[],
  [logged]: readonly Float64Array[],
): Quoted | undefined {
  if (logged === undefined) return undefined
  return quotedEstimator({
    actions,
    chosen: chosen.map((model, row) => (Number.isNaN(logged[row]) ? -1 : model)),
    models: outcomes.map(({ model }) => model),
    covariates: known(),
  })
}

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}

/** Estimates cost a pass over the log for each model: only those are made that are used. */
function figureOf(
  { table, clusters, seed, refusedQuality }: OffPolicyInput,
  shared: Pick<FigureInput, 'actions' | 'chosen' | 'propensity'>,
  common: CommonRefusal,
  known: () => readonly Float64Array[],
): (figure: string, own: OwnInput) => RefusableFigure {
  const folds = clusterFolds(clusters, seed)
  return (figure, own) => {
    if (figure === 'quality' && refusedQuality !== null)
      return { refused: refusedQuality, estimates: undefined }
    if (!own.replayed.some(Number.isNaN))
      return { refused: ALL_KNOWN, estimates: undefined, lookedUp: own.replayed }
    const rows = targetRows({ ...shared, ...own })
    const usable = rows.usable.reduce((sum, is) => sum + is, 0)
    const usableShare = common.overlap.calls === 0 ? 1 : usable / common.overlap.calls
    const asked = { ...common, figure, usableShare, effective: effectiveSampleSize(rows.weight) }
    const refused = refusal(asked)
    const isUsed = refused === null || isPartlyEstimable(asked)
    if (!isUsed) return { refused, estimates: undefined }
    const full = { ...shared, ...own, covariates: known(), folds, models: table.outcomes.length }
    return { refused, estimates: estimateFigure(full) }
  }
}

const ALL_KNOWN = 'the log has what came of every call of this policy: looked up, not estimated'

/** A run whose figures are those of the replay; there is no figure where less than 95 % are known. */
export function lookedUpRun(steps: Steps, run: Contributions): QuotableRun {
  const figure = (values: Float64Array): RefusableFigure => ({
    refused: ALL_KNOWN,
    estimates: undefined,
    ...(knownMean(values) === null ? {} : { lookedUp: values }),
  })
  return { quality: figure(run.quality), cost: figure(knownCosts(steps)), quoted: undefined }
}

function loggedQuality({ outcomes }: LogTable, observed: Observed): Float64Array {
  return ofObserved(
    observed,
    outcomes.map(({ quality }) => quality),
  )
}

/** What the row shows; 0 where it had a chance to show something and did not, as its weight is then 0 too. */
function ofObserved({ model, chance }: Observed, columns: readonly Float64Array[]): Float64Array {
  return Float64Array.from(model, (place, row) =>
    place < 0 && (chance[row] ?? NaN) > 0 ? 0 : (columns[place]?.[row] ?? NaN),
  )
}

/** Of the log's own calls, recorded or priced from recorded usage at the target's prices. */
function loggedCosts({ outcomes }: LogTable, { models }: Steps, observed: Observed): Float64Array {
  const columns = outcomes.map((outcome) =>
    costColumn(outcome, models.find(({ id }) => id === outcome.model)?.prices),
  )
  return ofObserved(observed, columns)
}

/** What replay charged where that follows from a record, NaN where it is an expectation. */
function knownCosts({ costNanoUsd, flags }: Steps): Float64Array {
  return costNanoUsd.map((cost, row) => (isChargeKnown(cost, flags[row] ?? 0) ? cost : NaN))
}
