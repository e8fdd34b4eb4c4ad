import { createRandom, draw as hashDraw, type Random } from '../../../src/core/random.js'
import { describe } from '../../../src/metrics/clusters.js'
import { covariates } from '../../../src/metrics/estimators/covariates.js'
import {
  estimateFigure,
  ESTIMATORS,
  type EstimatorName,
  type FigureEstimates,
} from '../../../src/metrics/estimators/estimate-figure.js'
import { MIN_EFFECTIVE } from '../../../src/metrics/estimators/effective-sample-size.js'
import { clusterFolds } from '../../../src/metrics/estimators/folds.js'
import { pointsAndIntervals } from '../../../src/metrics/estimators/points-and-intervals.js'
import { anOutcome, aTable, aText } from '../builders.js'
import type { LogTable } from '../../../src/core/log-table.js'

/** Outcomes of every model on every request: a population whose means are known. */
export interface KnownMatrix {
  readonly name: string
  readonly table: LogTable
  readonly difficulty: Float64Array
}

export type FigureName = 'quality' | 'cost'
/** Chances of each model on a row, together 1. */
export type Logger = (row: number) => readonly number[]
/** The model that the target calls. */
export type Target = (row: number) => number

export const uniform = (models: number): Logger => {
  const chances = Array.from({ length: models }, () => 1 / models)
  return () => chances
}

export const epsilonGreedy = (models: number, epsilon: number, greedy: Target): Logger => {
  const rows = Array.from({ length: models }, (_, best) =>
    Array.from({ length: models }, (_, model) => epsilon / models + (model === best ? 1 - epsilon : 0)),
  )
  return (row) => rows[greedy(row)]!
}

export const deterministic = (models: number, choose: Target): Logger => epsilonGreedy(models, 0, choose)

export function outcomeAt({ table }: KnownMatrix, figure: FigureName, model: number, row: number): number {
  const outcome = table.outcomes[model]!
  return figure === 'quality' ? outcome.quality[row]! : outcome.costNanoUsd[row]!
}

/** The mean of the target over the whole matrix. */
export function truthOf(matrix: KnownMatrix, figure: FigureName, target: Target): number {
  let sum = 0
  for (let row = 0; row < matrix.table.size; row++) sum += outcomeAt(matrix, figure, target(row), row)
  return sum / matrix.table.size
}

export interface LoggedDraw {
  readonly matrix: KnownMatrix
  readonly figure: FigureName
  readonly logger: Logger
  readonly target: Target
  readonly size: number
  readonly seed: number
  /** What the log claims of a propensity, where that is not what it was. */
  readonly claimed?: (chance: number, row: number) => number
  /** False: the outcome model knows nothing of the requests. */
  readonly blind?: boolean
}

/** Requests drawn with replacement, the logger's calls among them, and what the estimators make of these. */
export function drawLog(
  draw: LoggedDraw,
): FigureEstimates & { readonly isSupported: boolean; readonly drawn: Int32Array } {
  const { matrix, figure, logger, target, size, seed, claimed = (chance: number) => chance, blind } = draw
  const random = createRandom(seed)
  const rows = Int32Array.from({ length: size }, () => random.below(matrix.table.size))
  const chosen = Int32Array.from(rows, (row) => pickFrom(logger(row), random))
  const actions = Int32Array.from(rows, target)
  const logged = Float64Array.from(rows, (row, at) => outcomeAt(matrix, figure, chosen[at]!, row))
  const columns = blind === true ? [new Float64Array(matrix.table.size).fill(1)] : columnsOf(matrix)
  const input = {
    actions,
    chosen,
    propensity: Float64Array.from(rows, (row, at) => claimed(logger(row)[chosen[at]!]!, row)),
    logged,
    replayed: logged.map((value, at) => (actions[at] === chosen[at] ? value : NaN)),
    covariates: columns.map((column) => Float64Array.from(rows, (row) => column[row]!)),
    folds: clusterFolds(standAlone(size), seed),
    models: matrix.table.outcomes.length,
    range: RANGES[figure],
  }
  const isSupported = rows.every((row) => (logger(row)[target(row)] ?? 0) > 0)
  return { ...estimateFigure(input), isSupported, drawn: rows }
}

export const RANGES = { quality: { low: 0, high: 1 }, cost: { low: 0, high: Infinity } } as const

const COLUMNS = new WeakMap<KnownMatrix, readonly Float64Array[]>()

function columnsOf(matrix: KnownMatrix): readonly Float64Array[] {
  const known = COLUMNS.get(matrix) ?? covariates(matrix.table, matrix.difficulty)
  COLUMNS.set(matrix, known)
  return known
}

export function standAlone(size: number): ReturnType<typeof describe> {
  return describe(
    'requests',
    Int32Array.from({ length: size }, (_, row) => row),
  )
}

function pickFrom(chances: readonly number[], random: Random): number {
  let left = random.next()
  for (let model = 0; model < chances.length; model++) if ((left -= chances[model]!) < 0) return model
  return chances.findLastIndex((chance) => chance > 0)
}

export interface Scored {
  readonly runs: number
  /** No overlap, or an effective sample size under the minimum. */
  readonly refused: number
  readonly truth: number
  readonly estimators: Readonly<Record<EstimatorName, EstimatorScore>>
}

export interface EstimatorScore {
  readonly covered: number
  readonly bias: number
  /** Monte-Carlo standard error of the bias. */
  readonly biasError: number
  readonly meanWidth: number
}

/** Seeds in even steps would begin streams that are shifts of each other. */
export function seedOf(seed: number, run: number): number {
  return Math.floor(hashDraw(seed, `run ${run}`, 'log') * 2 ** 31)
}

/** So many logs, each estimated with its intervals, against the truth. */
export function scoreRuns(
  draw: Omit<LoggedDraw, 'size'> & { readonly size: number },
  runs: number,
  replicates: number,
): Scored {
  const truth = truthOf(draw.matrix, draw.figure, draw.target)
  const sums = ESTIMATORS.map(() => ({ covered: 0, error: 0, squared: 0, width: 0 }))
  let refused = 0
  for (let run = 0; run < runs; run++) {
    const seed = seedOf(draw.seed, run)
    const estimates = drawLog({ ...draw, seed })
    if (!estimates.isSupported || estimates.effective < MIN_EFFECTIVE) {
      refused++
      continue
    }
    const clusters = standAlone(draw.size)
    const found = pointsAndIntervals({ estimates, range: RANGES[draw.figure], clusters, replicates, seed })
    found.forEach(({ point, interval }, place) => {
      const sum = sums[place]!
      const error = (point ?? NaN) - truth
      sum.error += error
      sum.squared += error * error
      if (interval === null) return
      sum.width += interval[1] - interval[0]
      if (interval[0] <= truth && truth <= interval[1]) sum.covered++
    })
  }
  const known = runs - refused
  const scores = sums.map(({ covered, error, squared, width }) => {
    const bias = error / known
    return {
      covered: covered / known,
      bias,
      biasError: Math.sqrt(Math.max(0, squared / known - bias * bias) / known),
      meanWidth: width / known,
    }
  })
  return {
    runs,
    refused,
    truth,
    estimators: Object.fromEntries(ESTIMATORS.map((name, at) => [name, scores[at]])) as Scored['estimators'],
  }
}

/**
 * A population in which success depends on task and difficulty along straight lines per model, and cost on the length of the
 * input: an outcome model of these columns can be right.
 */
export function aKnownMatrix(size: number, seed: number): KnownMatrix {
  const random = createRandom(seed)
  const tasks = Array.from({ length: size }, () => ['code', 'chat', 'maths'][random.below(3)]!)
  const difficulty = Float64Array.from({ length: size }, () => random.next())
  const tokens = Int32Array.from({ length: size }, () => 50 + random.below(900))
  const outcomes = LINES.map(({ model, base, slope, maths, perToken }) =>
    anOutcome(
      model,
      Array.from(difficulty, (hard, row) =>
        random.next() < base - slope * hard - (tasks[row] === 'maths' ? maths : 0) ? 1 : 0,
      ),
      Array.from(tokens, (count) => perToken * (count + 400 * (0.5 + random.next()))),
    ),
  )
  const table = aTable({
    outcomes,
    task: aText(tasks),
    inputTokensEstimate: tokens,
    inputTokensBound: tokens,
  })
  return { name: 'synthetic', table, difficulty }
}

const LINES = [
  { model: 'small', base: 0.85, slope: 0.5, maths: 0.25, perToken: 1e-7 },
  { model: 'medium', base: 0.9, slope: 0.3, maths: 0.2, perToken: 5e-7 },
  { model: 'large', base: 0.95, slope: 0.1, maths: 0.1, perToken: 5e-6 },
]
