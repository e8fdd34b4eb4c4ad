import type { LogTable } from '../../core/log-table.js'
import { bootstrapIntervals, pointOf, type Figure } from '../../metrics/bootstrap.js'
import type { Clusters } from '../../metrics/clusters.js'
import { choiceGain, choiceTaskGain, type Outcomes } from '../../metrics/frontier/choice-gain.js'
import { savingAtMatchedQuality } from '../../metrics/frontier/saving-at-matched-quality.js'
import type { Interval, Point } from '../../metrics/result.js'
import { outcomesUnder, partOf, pointUnder, type Part } from './choose-setting.js'
import { singleModels, type OutcomeMatrix } from './outcome-matrix.js'
import type { Setting, Sweep } from './sweep.js'

/** In points of quality, 0 to 100; `ci` at 95 %, null where there are too few to draw from. */
export interface Gain {
  readonly points: number
  readonly ci: Interval | null
}

export interface MatchedSaving {
  /** The cheapest setting that reached the wanted quality where it was learned. */
  readonly label: string
  /** Of the best single model's cost, a fraction; negative where it costs more. */
  readonly share: number
  readonly ci: Interval | null
  /** Quality minus that of the best single model on the test rows, a fraction: whether the match held. */
  readonly qualityDelta: number
  readonly qualityDeltaCi: Interval | null
}

/** Where figures are quoted. */
export interface Court {
  /** Of the test rows. */
  readonly table: LogTable
  readonly clusters: Clusters
  readonly seed: number
}

const REPLICATES = 1000
/** Of sums that are added up in a bootstrap: about two seconds. */
const MOST_WORK = 1e9
const LEAST_REPLICATES = 200

export function gainOverHull(outcomes: Outcomes, part: Part, court: Court): Gain {
  return gainOf(choiceGain(outcomes, part.models), court)
}

/** Null where the log has no tasks to tell apart. */
export function gainOverTaskHull(outcomes: Outcomes, part: Part, court: Court): Gain | null {
  const { task } = court.table
  if (new Set(task.codes).size < 2) return null
  return gainOf(choiceTaskGain(outcomes, part.models, task), court)
}

function gainOf(figure: Figure, court: Court): Gain {
  const [ci = null] = intervals([figure], court)
  return {
    points: 100 * pointOf(figure),
    ci: ci === null ? null : [100 * ci[0], 100 * ci[1]],
  }
}

/** 95 %; fewer replicates where there are many sums to add up. */
export function intervals(
  figures: readonly Figure[],
  { clusters, seed }: Court,
): readonly (Interval | null)[] {
  const series = figures.reduce((count, figure) => count + figure.series.length, 0)
  const affordable = Math.floor(MOST_WORK / (Math.min(4000, clusters.units) * series))
  const replicates = Math.max(LEAST_REPLICATES, Math.min(REPLICATES, affordable))
  return bootstrapIntervals({ clusters, figures, replicates, seed })
}

/**
 * Against the single model that is best where the settings were learned: at its quality, or at most `tolerance` (a
 * fraction) below it there. Null where no setting gets that far.
 */
export function matchedSaving(
  matrix: OutcomeMatrix,
  sweep: Sweep,
  court: Court,
  tolerance: number,
): MatchedSaving | null {
  const [learn, test] = [partOf(matrix, matrix.learnRows), partOf(matrix, matrix.testRows)]
  const reference = bestSingle(singleModels(matrix, matrix.learnRows))
  const alone = singleModels(matrix, matrix.testRows)[reference]
  const known = singleModels(matrix, matrix.learnRows)[reference]
  const outcomes = test.models[reference]
  if (alone === undefined || known === undefined || outcomes === undefined) return null
  const under = (part: Part): Point[] => sweep.settings.map((setting) => pointUnder(setting, part))
  const matched = savingAtMatchedQuality(
    { points: under(learn), reference: { ...known, quality: known.quality - tolerance } },
    { points: under(test), reference: alone },
  )
  const setting = sweep.settings.find(({ label }) => label === matched?.label)
  if (matched === null || setting === undefined) return null
  return { ...matched, ...savingIntervals(setting, outcomes, test, court) }
}

function savingIntervals(
  setting: Setting,
  reference: Outcomes,
  test: Part,
  court: Court,
): Pick<MatchedSaving, 'ci' | 'qualityDeltaCi'> {
  const own = outcomesUnder(setting, test)
  const share: Figure = {
    series: [own.costNanoUsd, reference.costNanoUsd],
    value: ([cost = 0, alone = 0]) => (alone > 0 ? 1 - cost / alone : NaN),
  }
  const delta: Figure = {
    series: [own.quality, reference.quality, own.quality.map(() => 1)],
    value: ([quality = 0, alone = 0, requests = 0]) => (quality - alone) / requests,
  }
  const [ci = null, qualityDeltaCi = null] = intervals([share, delta], court)
  return { ci, qualityDeltaCi }
}

/** Of equals the cheaper one. */
export function bestSingle(singles: readonly Point[]): number {
  const [best] = [...singles].sort((a, b) => b.quality - a.quality || a.costUsd - b.costUsd)
  return best === undefined ? -1 : singles.indexOf(best)
}
