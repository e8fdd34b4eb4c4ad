import type { LogTable } from '../../core/log-table.js'
import type { Policy } from '../../core/policy.js'
import { isChargeKnown, type ReplayResult, type Steps } from '../../replay/steps.js'
import type { Clusters } from '../clusters.js'
import type { Contributions } from '../contributions.js'
import { costColumn } from '../outcome-cost.js'
import type { Overlap } from '../result.js'
import { covariates } from './covariates.js'
import { estimateFigure, type FigureEstimates, type FigureInput } from './estimate-figure.js'
import { effectiveSampleSize } from './effective-sample-size.js'
import { clusterFolds } from './folds.js'
import { overlap, supportOf } from './overlap.js'
import { quotedEstimator, type QuotedEstimator } from './quoted-estimator.js'
import { isPartlyEstimable, refusal, type RefusalInput } from './refusal.js'
import { statedCostBounds, type CostBounds } from './stated-cost-bounds.js'
import { targetActions, targetRows } from './target-rows.js'

export interface OffPolicyInput {
  readonly table: LogTable
  readonly result: ReplayResult
  /** In row order. */
  readonly steps: Steps
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
  /** By row, where replay could look every one of them up. */
  readonly lookedUp?: Float64Array
}

/** What a log with one outcome a request says of a target policy: per-row contributions, not yet figures. */
export interface OffPolicy {
  readonly quality: RefusableFigure
  /** In nano-dollars. */
  readonly cost: RefusableFigure
  readonly quoted: { readonly name: QuotedEstimator; readonly because: string }
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
  const { chosen, propensity, outcomes } = table
  if (!chosen.some((model) => model >= 0)) return undefined
  const actions = targetActions(table, steps)
  const support = supportOf(table, actions)
  const zeros = new Float64Array(table.size)
  const calls = targetRows({ actions, chosen, propensity, logged: zeros, replayed: zeros })
  const common = commonRefusal(input, overlap(table, actions, support, calls))
  const known = covariates(table, steps.difficulty)
  const figure = figureOf(input, { actions, chosen, propensity, covariates: known }, common)
  const logged = loggedQuality(table)
  const replayedCost = knownCosts(steps)
  return {
    quality: figure('quality', { logged, replayed: run.quality, range: { low: 0, high: 1 } }),
    cost: figure('cost', {
      logged: loggedCosts(table, steps),
      replayed: replayedCost,
      range: { low: 0, high: Infinity },
    }),
    quoted: quotedEstimator({
      actions,
      chosen: chosen.map((model, row) => (Number.isNaN(logged[row]) ? -1 : model)),
      models: outcomes.map(({ model }) => model),
      covariates: known,
    }),
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

type CommonRefusal = Pick<RefusalInput, 'overlap' | 'faulty' | 'cascade' | 'drawsLots'>
type OwnInput = Pick<FigureInput, 'logged' | 'replayed' | 'range'>

function commonRefusal({ result, policy }: OffPolicyInput, found: Overlap): CommonRefusal {
  return {
    overlap: found,
    faulty: result.faults !== undefined,
    cascade: result.scores !== undefined,
    drawsLots: policy?.exploration !== undefined || policy?.selector.chances !== undefined,
  }
}

/** Estimates cost a pass over the log for each model: only those are made that are used. */
function figureOf(
  { table, clusters, seed }: OffPolicyInput,
  shared: Pick<FigureInput, 'actions' | 'chosen' | 'propensity' | 'covariates'>,
  common: CommonRefusal,
): (figure: string, own: OwnInput) => RefusableFigure {
  const folds = clusterFolds(clusters, seed)
  return (figure, own) => {
    if (!own.replayed.some(Number.isNaN))
      return { refused: ALL_KNOWN, estimates: undefined, lookedUp: own.replayed }
    const rows = targetRows({ ...shared, ...own })
    const usable = rows.usable.reduce((sum, is) => sum + is, 0)
    const usableShare = common.overlap.calls === 0 ? 1 : usable / common.overlap.calls
    const asked = { ...common, figure, usableShare, effective: effectiveSampleSize(rows.weight) }
    const refused = refusal(asked)
    const isUsed = refused === null || isPartlyEstimable(asked)
    const full = { ...shared, ...own, folds, models: table.outcomes.length }
    return { refused, estimates: isUsed ? estimateFigure(full) : undefined }
  }
}

const ALL_KNOWN = 'the log has what came of every call of this policy: looked up, not estimated'

function loggedQuality({ chosen, outcomes }: LogTable): Float64Array {
  return Float64Array.from(chosen, (model, row) => outcomes[model]?.quality[row] ?? NaN)
}

/** Of the log's own calls, recorded or priced from recorded usage at the target's prices. */
function loggedCosts({ chosen, outcomes }: LogTable, { models }: Steps): Float64Array {
  const columns = outcomes.map((outcome) =>
    costColumn(outcome, models.find(({ id }) => id === outcome.model)?.prices),
  )
  return Float64Array.from(chosen, (model, row) => columns[model]?.[row] ?? NaN)
}

/** What replay charged where that follows from a record, NaN where it is an expectation. */
function knownCosts({ costNanoUsd, flags }: Steps): Float64Array {
  return costNanoUsd.map((cost, row) => (isChargeKnown(cost, flags[row] ?? 0) ? cost : NaN))
}
