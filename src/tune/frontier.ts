import { createClassifier } from '../core/classify/index.js'
import { heuristicSchema, type HeuristicSpec } from '../core/classify/heuristic-schema.js'
import { InputError } from '../core/errors.js'
import type { LogTable } from '../core/log-table.js'
import type { Message } from '../core/request.js'
import { labelClusters } from '../metrics/clusters.js'
import { convexHull } from '../metrics/hull.js'
import { oracle as oracleOf } from '../metrics/oracle.js'
import { costColumn, type PricesByModel } from '../metrics/outcome-cost.js'
import type { Point } from '../metrics/result.js'
import { selectRows } from '../replay/rows.js'
import { academicFigures, hullAiq, type AcademicFigures } from './frontier/academic.js'
import { chooseSetting, outcomesUnder, partOf, pointUnder, type Part } from './frontier/choose-setting.js'
import {
  answerScores,
  cascadeSweep,
  shuffledScores,
  simulatedScores,
  type Scores,
} from './frontier/cascade-sweep.js'
import { difficultySweep } from './frontier/difficulty-sweep.js'
import {
  bestSingle,
  gainOverHull,
  gainOverTaskHull,
  matchedSaving,
  type Court,
  type Gain,
  type MatchedSaving,
} from './frontier/judge.js'
import { learnedPredictions } from './frontier/learned-predictions.js'
import { outcomeMatrix, shuffledMatrix, singleModels, type OutcomeMatrix } from './frontier/outcome-matrix.js'
import type { Predictions, Setting, Sweep } from './frontier/sweep.js'
import { taskPredictions } from './frontier/task-predictions.js'
import { utilitySweep } from './frontier/utility-sweep.js'
import { frontierWarnings } from './frontier/warnings.js'

export const FRONTIER_KINDS = ['heuristic', 'task', 'learned', 'cascade'] as const
export type FrontierKind = (typeof FRONTIER_KINDS)[number]

export interface FrontierOptions {
  /** Loaded with the extractor of `heuristic`. */
  readonly table: LogTable
  /** By row of the table; undefined where the log has no text. */
  readonly messages: readonly (readonly Message[] | undefined)[]
  /** Ids to compare; undefined: those of the hull. */
  readonly models: readonly string[] | undefined
  /** For outcomes without a recorded cost. */
  readonly prices: PricesByModel | undefined
  /** The rules whose difficulty is swept; undefined: the default ones. */
  readonly heuristic: HeuristicSpec | undefined
  /** Undefined: all that the log supports. */
  readonly kinds: readonly FrontierKind[] | undefined
  readonly academic: boolean
  /** Also cascades by scorers that know the truth and err on these shares of the answers. */
  readonly scorerErrors?: readonly number[] | undefined
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
   * The gain over the hull when all was learned and judged on outcomes of other requests; of a cascade, on scores of other
   * requests' answers.
   */
  readonly shuffledRows: Gain
  readonly savingAtMatchedQuality: MatchedSaving | null
  /** The same where a quality of one point (of 0 to 100) less would do. */
  readonly savingWithinOnePoint: MatchedSaving | null
  readonly verdict: 'skill' | 'no evidence'
  readonly verdictBecause: string
}

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
  readonly classifiers: readonly (ClassifierFrontier & Partial<AcademicFigures>)[]
  /** By scorer error; only where asked for. */
  readonly simulatedCascades?: readonly SimulatedCascade[]
  readonly skipped: readonly { readonly kind: FrontierKind; readonly because: string }[]
  readonly warnings: readonly string[]
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
  const { kinds, skipped } = kindsOf(options, matrix, messages)
  const testTable = selectRows(matrix.table, matrix.testRows)
  const court: Court = { table: testTable, clusters: labelClusters(testTable), seed }
  const singles = singleModels(matrix, matrix.testRows)
  const best = singles[bestSingle(singleModels(matrix, matrix.learnRows))]
  if (best === undefined) throw new RangeError('models must not be empty')
  const oracle = oraclePoint(testTable, matrix)
  const predictionsOf = memoized((kind: 'task' | 'learned') =>
    kind === 'task' ? taskPredictions(matrix, seed) : learnedPredictions(matrix, { ...options, messages }),
  )
  const inputs = { matrix, messages, options, court, singles, oracle, predictionsOf }
  return {
    split: {
      rule: matrix.splitRule,
      learned: matrix.learnRows.length,
      judged: matrix.testRows.length,
      leftOut: matrix.leftOut,
    },
    resampling: {
      unit: court.clusters.unit,
      units: court.clusters.units,
      note: court.clusters.note,
    },
    models: { ids: singles.map(({ label }) => label), because: matrix.modelsBecause },
    singles,
    hull: convexHull(singles),
    bestSingle: best,
    oracle: inputs.oracle,
    ...(academic ? { hullAiq: hullAiq(singles) } : {}),
    classifiers: kinds.map((kind) => classifierFrontier(kind, inputs)),
    ...(options.scorerErrors === undefined
      ? {}
      : { simulatedCascades: options.scorerErrors.map((error) => simulatedCascade(error, inputs)) }),
    skipped,
    warnings: frontierWarnings(matrix),
    withoutText: messages.filter((one) => one === undefined).length,
  }
}

const ONE_POINT = 0.01

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
  readonly messages: FrontierOptions['messages']
  readonly options: FrontierOptions
  readonly court: Court
  readonly singles: readonly Point[]
  readonly oracle: Point | null
  /** What is predicted from the log as it is: learned once, however many classifiers go by it. */
  readonly predictionsOf: (kind: 'task' | 'learned') => Predictions
}

function memoized<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new Map<Key, Value>()
  return (key) => {
    const known = made.get(key) ?? make(key)
    made.set(key, known)
    return known
  }
}

function classifierFrontier(
  kind: FrontierKind,
  inputs: Inputs,
): ClassifierFrontier & Partial<AcademicFigures> {
  const { matrix, court, singles, oracle, options } = inputs
  const sweep = kind === 'cascade' ? cascadeSweep(matrix, scoresOf(inputs)) : sweepOf(kind, matrix, inputs)
  const part = partOf(matrix, matrix.testRows)
  const setting = chosenOf(matrix, sweep)
  const outcomes = outcomesUnder(setting, part)
  const points = sweep.settings.map((one) => pointUnder(one, part))
  const chosen = pointUnder(setting, part)
  const gain = gainOverHull(outcomes, part, court)
  const shuffled = shuffledGain(kind, inputs)
  return {
    kind,
    points,
    chosen,
    gainOverHull: gain,
    gainOverTaskHull: gainOverTaskHull(outcomes, part, court),
    shuffledRows: shuffled,
    savingAtMatchedQuality: matchedSaving(matrix, sweep, court, 0),
    savingWithinOnePoint: matchedSaving(matrix, sweep, court, ONE_POINT),
    ...verdictOf(gain, shuffled),
    ...(options.academic ? academicFigures({ sweep, part, points, chosen, singles, oracle }) : {}),
  }
}

function chosenOf(matrix: OutcomeMatrix, sweep: Sweep): Setting {
  const setting = chooseSetting(matrix, sweep)
  if (setting === undefined) throw new RangeError('a sweep must have at least one setting')
  return setting
}

/** The whole way again on outcomes of other requests. */
function shuffledGain(kind: FrontierKind, inputs: Inputs): Gain {
  if (kind === 'cascade') return shuffledScoresGain(inputs)
  const matrix = shuffledMatrix(inputs.matrix, inputs.options.seed)
  const part: Part = partOf(matrix, matrix.testRows)
  const setting = chosenOf(matrix, sweepOf(kind, matrix, inputs))
  return gainOverHull(outcomesUnder(setting, part), part, inputs.court)
}

/** An answer's length tells something of its quality whatever request it is handed to, so the scores are shuffled instead. */
function shuffledScoresGain(inputs: Inputs): Gain {
  const { matrix, options, court } = inputs
  const part = partOf(matrix, matrix.testRows)
  const sweep = cascadeSweep(matrix, shuffledScores(matrix, scoresOf(inputs), options.seed))
  return gainOverHull(outcomesUnder(chosenOf(matrix, sweep), part), part, court)
}

function scoresOf({ matrix, messages, options, predictionsOf }: Inputs): Scores {
  const hasText = messages.some((one) => one !== undefined)
  return answerScores(matrix, predictionsOf(hasText ? 'learned' : 'task'), options.seed)
}

function simulatedCascade(errorRate: number, { matrix, options, court }: Inputs): SimulatedCascade {
  const sweep = cascadeSweep(matrix, simulatedScores(matrix, errorRate, options.seed))
  return {
    errorRate,
    chosen: pointUnder(chosenOf(matrix, sweep), partOf(matrix, matrix.testRows)),
    savingAtMatchedQuality: matchedSaving(matrix, sweep, court, 0),
  }
}

function sweepOf(
  kind: Exclude<FrontierKind, 'cascade'>,
  matrix: OutcomeMatrix,
  { messages, options, predictionsOf, ...inputs }: Inputs,
): Sweep {
  const { seed, onProgress, heuristic } = options
  if (kind === 'heuristic') return difficultySweep(matrix, difficulties(matrix.table, heuristic))
  if (matrix === inputs.matrix) return utilitySweep(matrix, predictionsOf(kind))
  return utilitySweep(
    matrix,
    kind === 'task'
      ? taskPredictions(matrix, seed)
      : learnedPredictions(matrix, { messages, seed, onProgress }),
  )
}

/** The caller's own assessment where there is one, as the router has it. */
function difficulties(table: LogTable, heuristic: HeuristicSpec | undefined): Float64Array {
  const spec = { kind: 'heuristic' as const, heuristic: heuristic ?? heuristicSchema.parse({}) }
  const own = createClassifier(spec, { models: [], tierBoundaries: [] }).difficulties(
    table.features,
    table.size,
  )
  return table.assessedDifficulty.map((told, row) => (Number.isNaN(told) ? (own[row] ?? 1) : told))
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

function kindsOf(
  { kinds }: FrontierOptions,
  matrix: OutcomeMatrix,
  messages: FrontierOptions['messages'],
): { readonly kinds: readonly FrontierKind[]; readonly skipped: FrontierResult['skipped'] } {
  const wanted = FRONTIER_KINDS.filter((kind) => kinds === undefined || kinds.includes(kind))
  const judged = wanted.map((kind) => ({ kind, because: whyNot(kind, matrix, messages) }))
  const skipped = judged.flatMap(({ kind, because }) => (because === null ? [] : [{ kind, because }]))
  const usable = judged.filter(({ because }) => because === null).map(({ kind }) => kind)
  const [first] = skipped
  if (first !== undefined && (kinds !== undefined || usable.length === 0))
    throw new InputError(
      `there is nothing to tell requests apart by: ${skipped.map(({ kind, because }) => `${kind}: ${because}`).join('; ')}`,
    )
  return { kinds: usable, skipped }
}

/** Null where the log has what the classifier reads. */
function whyNot(
  kind: FrontierKind,
  { table, models }: OutcomeMatrix,
  messages: FrontierOptions['messages'],
): string | null {
  const hasText = messages.some((one) => one !== undefined)
  switch (kind) {
    case 'heuristic': {
      const known = [table.assessedDifficulty, ...table.features].some((column) =>
        column.some((value) => !Number.isNaN(value)),
      )
      return known ? null : `the log has no prompts and no difficulties; ${IMPORT_PROMPTS}`
    }
    case 'task':
      return new Set(table.task.codes).size > 1 ? null : 'the log has fewer than two tasks'
    case 'cascade':
      return models.some(
        ({ score, outputTokens, signs }) => score ?? signs ?? outputTokens.some((count) => count >= 0),
      )
        ? null
        : 'the log says nothing of the answers: neither scores, nor output tokens, nor how they ended'
    case 'learned':
      return hasText ? null : `the log has no prompts to learn from; ${IMPORT_PROMPTS}`
  }
}

const IMPORT_PROMPTS = 'import it with prompts (matrix logs: --queries FILE), or log with logText "full"'

function oraclePoint(testTable: LogTable, { models }: OutcomeMatrix): Point | null {
  const names = new Set(models.map(({ model }) => model))
  const { quality, costUsd } = oracleOf({
    ...testTable,
    outcomes: testTable.outcomes.filter(({ model }) => names.has(model)),
  })
  return quality === null || costUsd === null ? null : { label: 'oracle', costUsd, quality }
}
