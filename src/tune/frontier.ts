import type { HeuristicSpec } from '../core/classify/heuristic-schema.js'
import type { LogTable } from '../core/log-table.js'
import type { Message } from '../core/request.js'
import { labelClusters } from '../metrics/clusters.js'
import { convexHull } from '../metrics/hull.js'
import { oracle as oracleOf } from '../metrics/oracle.js'
import { costColumn, type PricesByModel } from '../metrics/outcome-cost.js'
import type { Point } from '../metrics/result.js'
import type { Finding } from '../metrics/suspect/finding.js'
import type { ListedModel } from '../metrics/suspect/price-order.js'
import { selectRows } from '../replay/rows.js'
import { academicFigures, hullAiq, type AcademicFigures, type AcademicInput } from './frontier/academic.js'
import { academicIntervals, type AcademicIntervals } from './frontier/academic-intervals.js'
import { failurePriced, type FailurePriced } from './frontier/failure-priced.js'
import { cascadeSweep, simulatedScores } from './frontier/cascade-sweep.js'
import { chooseSetting, outcomesUnder, partOf, pointUnder } from './frontier/choose-setting.js'
import {
  bestSingle,
  gainOverHull,
  gainOverTaskHull,
  matchedSaving,
  type Court,
  type Gain,
  type MatchedSaving,
} from './frontier/judge.js'
import { kindsOf, type FrontierKind, type Skipped } from './frontier/kinds.js'
import { outcomeMatrix, singleModels, type OutcomeMatrix } from './frontier/outcome-matrix.js'
import {
  PERMUTATIONS,
  shuffledGain,
  shuffledMatrices,
  shuffledScoreLots,
  type ControlGain,
  type Lot,
} from './frontier/shuffled-control.js'
import type { Setting, Sweep } from './frontier/sweep.js'
import { sweeper, type Sweeper } from './frontier/sweeper.js'
import { frontierWarnings } from './frontier/warnings.js'

export { FRONTIER_KINDS, type FrontierKind } from './frontier/kinds.js'

export interface FrontierOptions {
  /** Loaded with the extractor of `heuristic`. */
  readonly table: LogTable
  /** By row of the table; undefined where the log has no text. */
  readonly messages: readonly (readonly Message[] | undefined)[]
  /** Ids to compare; undefined: those of the hull. */
  readonly models: readonly string[] | undefined
  /** For outcomes without a recorded cost. */
  readonly prices: PricesByModel | undefined
  /** Models of the policy, whose list prices are held against recorded costs. */
  readonly listed?: readonly ListedModel[] | undefined
  /** Models that were taken out of the log so that enough requests are complete: said in a warning. */
  readonly modelsLeftOut?: readonly string[]
  /** The rules whose difficulty is swept; undefined: the default ones. */
  readonly heuristic: HeuristicSpec | undefined
  /** Undefined: all that the log supports. */
  readonly kinds: readonly FrontierKind[] | undefined
  readonly academic: boolean
  /** Also cascades by scorers that know the truth and err on these shares of the answers. */
  readonly scorerErrors?: readonly number[] | undefined
  /** US dollars that a wrong answer costs. */
  readonly wrongUsd?: number | undefined
  readonly seed: number
  readonly onProgress?: (done: number, total: number) => void
}

export interface ClassifierFrontier {
  readonly kind: FrontierKind
  /** One point a setting, means per request of the test rows. */
  readonly points: readonly Point[]
  /** The setting that was chosen where it was learned. */
  readonly chosen: Point
  readonly gainOverHull: Gain
  readonly gainOverTaskHull: Gain | null
  /**
   * The gain over the hull when all was learned and judged on outcomes of other requests, over several permutations; of a
   * cascade, on scores of other requests' answers.
   */
  readonly shuffledRows: ControlGain
  readonly savingAtMatchedQuality: MatchedSaving | null
  /** The same where a quality of one point (of 0 to 100) less would do. */
  readonly savingWithinOnePoint: MatchedSaving | null
  /** Where a price of a wrong answer was given. */
  readonly failurePriced?: FailurePriced | null
  readonly verdict: 'skill' | 'no evidence'
  readonly verdictBecause: string
}

/** With `academic` only. */
export type Academic = AcademicFigures & AcademicIntervals

/** A cascade whose scorer knows the truth: simulated, not deployable. */
export interface SimulatedCascade {
  /** Share of answers that the scorer judges wrongly. */
  readonly errorRate: number
  readonly chosen: Point
  readonly savingAtMatchedQuality: MatchedSaving | null
}

export interface FrontierResult {
  /** Requests of each part, and those of neither since an outcome is unknown. */
  readonly split: {
    readonly rule: string
    readonly learned: number
    readonly judged: number
    readonly leftOut: number
  }
  readonly resampling: { readonly unit: string; readonly units: number; readonly note: string | null }
  readonly models: { readonly ids: readonly string[]; readonly because: string }
  /** Single models on the test rows: all, those on their hull, the best one where it was learned. */
  readonly singles: readonly Point[]
  readonly hull: readonly Point[]
  readonly bestSingle: Point
  readonly oracle: Point | null
  /** AIQ of the hull over the costs of the single models: what a random mix has. With `academic` only. */
  readonly hullAiq?: number | null
  readonly classifiers: readonly (ClassifierFrontier & Partial<Academic>)[]
  /** By scorer error; only where asked for. */
  readonly simulatedCascades?: readonly SimulatedCascade[]
  readonly skipped: readonly Skipped[]
  readonly warnings: readonly Finding[]
  /** Requests without a text. */
  readonly withoutText: number
}

/**
 * Sweeps one knob of each classifier and compares assignments on recorded outcomes; no budgets take part. All is learned,
 * and each knob chosen, on the tune and validate rows; all figures are those of the test rows.
 */
export function frontier(options: FrontierOptions): FrontierResult {
  const { seed, models, academic } = options
  const matrix = outcomeMatrix(priced(options), models, seed)
  const messages = matrix.logRows.map((row) => options.messages[row])
  const { kinds, skipped } = kindsOf(options.kinds, matrix, messages)
  const testTable = selectRows(matrix.table, matrix.testRows)
  const court: Court = { table: testTable, clusters: labelClusters(testTable), seed }
  const singles = singleModels(matrix, matrix.testRows)
  const best = singles[bestSingle(singleModels(matrix, matrix.learnRows))]
  if (best === undefined) throw new RangeError('models must not be empty')
  const inputs: Inputs = {
    matrix,
    shuffled: shuffledMatrices(matrix, seed),
    sweeper: sweeper({ ...options, messages, onProgress: overall(options.onProgress) }),
    academic,
    wrongUsd: options.wrongUsd,
    seed,
    court,
    singles,
    oracle: oraclePoint(testTable, matrix),
  }
  const classifiers = kinds.map((kind) => classifierFrontier(kind, inputs))
  const { unit, units, note } = court.clusters
  return {
    split: {
      rule: matrix.splitRule,
      learned: matrix.learnRows.length,
      judged: matrix.testRows.length,
      leftOut: matrix.leftOut,
    },
    resampling: { unit, units, note },
    models: { ids: singles.map(({ label }) => label), because: matrix.modelsBecause },
    singles,
    hull: convexHull(singles),
    bestSingle: best,
    oracle: inputs.oracle,
    ...(academic ? { hullAiq: hullAiq(singles) } : {}),
    classifiers,
    ...(options.scorerErrors === undefined
      ? {}
      : { simulatedCascades: options.scorerErrors.map((error) => simulatedCascade(error, inputs)) }),
    skipped,
    warnings: frontierWarnings({
      matrix,
      listed: options.listed,
      gains: classifiers,
      resampling: { unit, units },
      modelsLeftOut: options.modelsLeftOut ?? [],
      seed,
    }),
    withoutText: messages.filter((one) => one === undefined).length,
  }
}

const ONE_POINT = 0.01

/** Progress of one learning as that of all: the log's own, and one a permutation. */
function overall(onProgress: FrontierOptions['onProgress']): FrontierOptions['onProgress'] {
  if (onProgress === undefined) return undefined
  let finished = 0
  return (done, total) => {
    onProgress(finished * total + done, (1 + PERMUTATIONS) * total)
    if (done === total) finished++
  }
}

/** The recorded cost, else usage x price. */
function priced({ table, prices }: FrontierOptions): LogTable {
  return {
    ...table,
    outcomes: table.outcomes.map((outcome) => ({
      ...outcome,
      costNanoUsd: costColumn(outcome, prices?.get(outcome.model)),
    })),
  }
}

interface Inputs {
  readonly matrix: OutcomeMatrix
  readonly shuffled: readonly OutcomeMatrix[]
  readonly sweeper: Sweeper
  readonly academic: boolean
  readonly wrongUsd: number | undefined
  readonly seed: number
  readonly court: Court
  readonly singles: readonly Point[]
  readonly oracle: Point | null
}

function classifierFrontier(kind: FrontierKind, inputs: Inputs): ClassifierFrontier & Partial<Academic> {
  const { matrix, academic, court, singles, oracle } = inputs
  const sweep = inputs.sweeper.sweep(kind, matrix)
  const part = partOf(matrix, matrix.testRows)
  const setting = chosenOf(matrix, sweep)
  const outcomes = outcomesUnder(setting, part)
  const points = sweep.settings.map((one) => pointUnder(one, part))
  const chosen = pointUnder(setting, part)
  const gain = gainOverHull(outcomes, part, court)
  const control = shuffledGain(controlLots(kind, inputs), court)
  return {
    kind,
    points,
    chosen,
    gainOverHull: gain,
    gainOverTaskHull: gainOverTaskHull(outcomes, part, court),
    shuffledRows: control,
    savingAtMatchedQuality: matchedSaving(matrix, sweep, court, 0),
    savingWithinOnePoint: matchedSaving(matrix, sweep, court, ONE_POINT),
    ...verdictOf(gain, control),
    ...(inputs.wrongUsd === undefined
      ? {}
      : { failurePriced: failurePriced(matrix, sweep, court, inputs.wrongUsd) }),
    ...(academic ? academicOf({ sweep, part, points, chosen, singles, oracle }, court) : {}),
  }
}

function academicOf(input: AcademicInput, court: Court): Academic {
  return { ...academicFigures(input), ...academicIntervals(input, court) }
}

function controlLots(kind: FrontierKind, { matrix, shuffled, sweeper, seed }: Inputs): readonly Lot[] {
  if (kind !== 'cascade')
    return shuffled.map((other) => ({
      matrix: other,
      setting: chosenOf(other, sweeper.sweep(kind, other)),
    }))
  return shuffledScoreLots(matrix, sweeper.scores(matrix), (sweep) => chosenOf(matrix, sweep), seed)
}

function simulatedCascade(errorRate: number, { matrix, court, seed }: Inputs): SimulatedCascade {
  const sweep = cascadeSweep(matrix, simulatedScores(matrix, errorRate, seed))
  return {
    errorRate,
    chosen: pointUnder(chosenOf(matrix, sweep), partOf(matrix, matrix.testRows)),
    savingAtMatchedQuality: matchedSaving(matrix, sweep, court, 0),
  }
}

function chosenOf(matrix: OutcomeMatrix, sweep: Sweep): Setting {
  const setting = chooseSetting(matrix, sweep)
  if (setting === undefined) throw new RangeError('a sweep must have at least one setting')
  return setting
}

function verdictOf({ ci }: Gain, shuffled: Gain): Pick<ClassifierFrontier, 'verdict' | 'verdictBecause'> {
  const none = (verdictBecause: string): Pick<ClassifierFrontier, 'verdict' | 'verdictBecause'> => ({
    verdict: 'no evidence',
    verdictBecause,
  })
  if (ci === null || shuffled.ci === null) return none('there are too few to draw from for an interval')
  if (ci[0] <= 0) return none('the gain over the hull of single models may be chance')
  if (shuffled.ci[0] > 0) return none('it finds a gain where outcomes were shuffled, too')
  return {
    verdict: 'skill',
    verdictBecause:
      'the gain over the hull of single models is above 0, and none is found where outcomes were shuffled',
  }
}

function oraclePoint(testTable: LogTable, { models }: OutcomeMatrix): Point | null {
  const names = new Set(models.map(({ model }) => model))
  const { quality, costUsd } = oracleOf({
    ...testTable,
    outcomes: testTable.outcomes.filter(({ model }) => names.has(model)),
  })
  return quality === null || costUsd === null ? null : { label: 'oracle', costUsd, quality }
}
