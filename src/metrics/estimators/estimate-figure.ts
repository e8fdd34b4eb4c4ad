import type { Range } from '../rare-events.js'
import { clipLimit, clipWeights } from './clip-weights.js'
import { directMethod } from './direct-method.js'
import { doublyRobust } from './doubly-robust.js'
import { effectiveSampleSize } from './effective-sample-size.js'
import type { Contribution } from './estimator-figure.js'
import { FOLDS } from './folds.js'
import { ips } from './ips.js'
import { predictOutcomes } from './outcome-model.js'
import { snips } from './snips.js'
import { switchDr, switchLimit } from './switch-dr.js'
import { targetRows, type TargetInput, type TargetRows } from './target-rows.js'

export const ESTIMATORS = ['ips', 'snips', 'clippedIps', 'dm', 'dr', 'switchDr'] as const
export type EstimatorName = (typeof ESTIMATORS)[number]

export interface FigureInput extends TargetInput {
  readonly covariates: readonly Float64Array[]
  readonly folds: Int32Array
  /** How many models the log has. */
  readonly models: number
  /** Of one outcome. */
  readonly range: Range
}

/** One figure of a target policy by every estimator. */
export interface FigureEstimates {
  readonly rows: TargetRows
  /** What an outcome model expects of the target's call, from rows of other folds. */
  readonly predicted: Float64Array
  readonly contributions: Readonly<Record<EstimatorName, Contribution>>
  readonly effective: number
}

export function estimateFigure(input: FigureInput): FigureEstimates {
  const rows = targetRows(input)
  const predicted = predictOutcomes({ ...input, ...taught(input), foldCount: FOLDS })
  return {
    rows,
    predicted,
    contributions: contributionsOf(rows, predicted),
    effective: effectiveSampleSize(rows.weight),
  }
}

export function contributionsOf(
  rows: TargetRows,
  predicted: Float64Array,
): Readonly<Record<EstimatorName, Contribution>> {
  return {
    ips: ips(rows),
    snips: snips(rows),
    clippedIps: ips(clipWeights(rows, clipLimit(rows))),
    dm: directMethod(rows, predicted),
    dr: doublyRobust(rows, predicted),
    switchDr: switchDr(rows, predicted, switchLimit(rows, predicted, spreadOf(rows))),
  }
}

/** A call teaches what it was worth as the log has it; its propensity does not matter to the model. */
function taught({ chosen, logged }: TargetInput): {
  readonly chosen: Int32Array
  readonly outcome: Float64Array
} {
  return { chosen: chosen.map((model, row) => (Number.isNaN(logged[row]) ? -1 : model)), outcome: logged }
}

/** Between the least and the largest outcome seen. */
function spreadOf({ weight, outcome }: TargetRows): number {
  let [low, high] = [Infinity, -Infinity]
  weight.forEach((each, row) => {
    if (each === 0) return
    low = Math.min(low, outcome[row] ?? 0)
    high = Math.max(high, outcome[row] ?? 0)
  })
  return Math.max(0, high - low)
}
