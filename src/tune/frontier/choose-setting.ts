import { usd } from '../../core/money.js'
import { outcomesOf, type Outcomes } from '../../metrics/frontier/choice-gain.js'
import type { Point } from '../../metrics/result.js'
import { hullOf, steadyGain, type Got } from '../learn/choose-weight.js'
import {
  hullSegments,
  meanOver,
  singleModels,
  type HullSegment,
  type OutcomeMatrix,
} from './outcome-matrix.js'
import type { Setting, Sweep } from './sweep.js'

/** Outcomes of some rows, in their order. */
export interface Part {
  readonly rows: readonly number[]
  readonly models: readonly Outcomes[]
}

export function partOf({ models }: OutcomeMatrix, rows: readonly number[]): Part {
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row] ?? NaN)
  return {
    rows,
    models: models.map(({ costNanoUsd, quality }) => ({
      costNanoUsd: pick(costNanoUsd),
      quality: pick(quality),
    })),
  }
}

/** What a setting costs and gives on the rows of a part. */
export function outcomesUnder({ choice, spentBelow }: Setting, { rows, models }: Part): Outcomes {
  const chosen = outcomesOf(
    rows.map((row) => choice[row] ?? 0),
    models,
  )
  if (spentBelow === undefined) return chosen
  return {
    ...chosen,
    costNanoUsd: chosen.costNanoUsd.map((cost, at) => cost + (spentBelow[rows[at] ?? 0] ?? 0)),
  }
}

export function pointUnder(setting: Setting, part: Part): Point {
  const { costNanoUsd, quality } = outcomesUnder(setting, part)
  const all = [...part.rows.keys()]
  return { label: setting.label, costUsd: usd(meanOver(costNanoUsd, all)), quality: meanOver(quality, all) }
}

/**
 * The knob that is quoted, chosen where it was learned: one setting for each segment of the hull of single models (the
 * one whose cost weight is the segment's slope; of cuts, the one with the most quality - slope x cost), and of these the
 * one that saves most dollars at equal quality: the gain over the hull, its own noise taken off, at the segment's price. Of
 * equals, the longest segment's. Without segments, the setting that gains most.
 */
export function chooseSetting(matrix: OutcomeMatrix, sweep: Sweep): Setting | undefined {
  return rankSettings(matrix, sweep)[0]?.setting
}

export interface RankedSetting {
  readonly setting: Setting
  /** US dollars per request at equal quality, where it was learned. */
  readonly worth: number
}

/** One setting for each segment, the best first. */
export function rankSettings(matrix: OutcomeMatrix, { settings }: Sweep): readonly RankedSetting[] {
  const part = partOf(matrix, matrix.learnRows)
  const segments = hullSegments(singleModels(matrix, matrix.learnRows))
  const points = settings.map((setting) => pointUnder(setting, part))
  const candidates =
    segments.length === 0
      ? settings.map((setting) => ({ setting, span: 1, slope: 1 }))
      : segments.map((segment) => ({ setting: settingFor(segment, settings, points), ...segment }))
  const own = part.models.map(inDollars)
  const models = { quality: own.map(({ quality }) => quality), costUsd: own.map(({ costUsd }) => costUsd) }
  const hull = hullOf(models)
  const ranked = candidates.flatMap(({ setting, span, slope }) => {
    if (setting === undefined) return []
    return [
      { setting, span, worth: steadyGain(inDollars(outcomesUnder(setting, part)), models, hull) / slope },
    ]
  })
  return ranked.sort((a, b) => b.worth - a.worth || b.span - a.span)
}

function inDollars({ quality, costNanoUsd }: Outcomes): Got {
  return { quality, costUsd: costNanoUsd.map(usd) }
}

function settingFor(
  { slope }: HullSegment,
  settings: readonly Setting[],
  points: readonly Point[],
): Setting | undefined {
  const own = settings.find(({ costWeight }) => costWeight === slope)
  if (own !== undefined) return own
  const worth = ({ costUsd, quality }: Point): number => quality - slope * costUsd
  const worths = points.map(worth)
  return settings[worths.indexOf(Math.max(...worths))]
}
