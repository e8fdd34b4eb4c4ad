import { labelClusters } from '../../metrics/clusters.js'
import type { Point } from '../../metrics/result.js'
import { type Finding } from '../../metrics/suspect/finding.js'
import { neededRequests } from '../../metrics/suspect/needed-requests.js'
import { priceOrder, type ListedModel } from '../../metrics/suspect/price-order.js'
import { suspectOutcomes } from '../../metrics/suspect/suspect-outcomes.js'
import type { Gain } from './judge.js'
import { singleModels, type OutcomeMatrix } from './outcome-matrix.js'

/** Below as many requests a gain of a few points is within chance. */
const FEW_ROWS = 200

/** In points: less is no gain that anybody would claim. */
const LEAST_GAIN = 0.5

/** Tasks whose answer is one of two, by the names that benchmarks have. */
const TWO_CHOICES = /winogrande|boolq|piqa|copa|wsc|\brte\b|yes.?no|true.?false|two.?choice/i

export interface WarningInput {
  readonly matrix: OutcomeMatrix
  /** Models of the policy; undefined where none was named, and so no price is known. */
  readonly listed: readonly ListedModel[] | undefined
  readonly gains: readonly { readonly kind: string; readonly gainOverHull: Gain }[]
  /** Units that intervals are drawn from on the test rows. */
  readonly resampling: { readonly unit: string; readonly units: number }
  /** Models that complete cases had no room for. */
  readonly modelsLeftOut: readonly string[]
  readonly seed: number
}

/** What a reader must know that the figures do not say. */
export function frontierWarnings(input: WarningInput): readonly Finding[] {
  const { matrix, listed, seed } = input
  const { table, models, learnRows, testRows } = matrix
  const parts = [learnRows, testRows].map((part) => singleModels(matrix, part))
  const compared = { ...table, outcomes: models }
  return [
    ...dominated(singleModels(matrix, [...learnRows, ...testRows]), parts, table.size),
    ...(listed === undefined ? [] : priceOrder(compared, listed, { clusters: labelClusters(table), seed })),
    ...luckyOracle(matrix),
    ...suspectOutcomes(compared),
    ...fewRows(testRows.length),
    ...tooFewForGain(input),
    ...leftOut(input),
  ]
}

/** Cheaper and better on both parts, so that it is no accident of one. */
function dominated(all: readonly Point[], parts: readonly (readonly Point[])[], requests: number): Finding[] {
  const beats = (points: readonly Point[], winner: number, loser: number): boolean => {
    const [a, b] = [points[winner], points[loser]]
    return a !== undefined && b !== undefined && a.costUsd < b.costUsd && a.quality > b.quality
  }
  return all.flatMap((point, loser) => {
    const winners = all.filter((_, winner) => parts.every((points) => beats(points, winner, loser)))
    const [best] = [...winners].sort((a, b) => b.quality - a.quality)
    if (best === undefined) return []
    return [
      {
        code: 'dominated-model',
        message: `${point.label}, do not route: ${best.label} is better and cheaper`,
        count: requests,
        figures: {
          model: point.label,
          by: best.label,
          costsUsd: [point.costUsd, best.costUsd],
          qualities: [point.quality, best.quality],
        },
      },
    ]
  })
}

function luckyOracle({ models, table: { task, size } }: OutcomeMatrix): Finding[] {
  const named = [...new Set(task.codes)].flatMap((code) => task.values[code] ?? [])
  const twoChoices = named.filter((name) => TWO_CHOICES.test(name))
  const because = [
    ...(models.length === 2 ? ['there are two models only'] : []),
    ...(twoChoices.length > 0 ? [`${twoChoices.join(', ')} can be guessed right`] : []),
  ]
  if (because.length === 0) return []
  return [
    {
      code: 'lucky-oracle',
      message: `part of what the oracle has over the best model is luck, which no router can predict, since ${because.join(' and ')}`,
      count: size,
      figures: { models: models.length, twoChoices },
    },
  ]
}

function fewRows(judged: number): Finding[] {
  if (judged >= FEW_ROWS) return []
  return [
    {
      code: 'few-requests',
      message: `only ${judged} requests to judge on: under ${FEW_ROWS} a gain of a few points is within chance, whatever the table says`,
      count: judged,
      figures: { judged, least: FEW_ROWS },
    },
  ]
}

/** A gain of half a point or more that fewer logs than four in five of this size would show. */
function tooFewForGain({ gains, resampling: { unit, units }, matrix }: WarningInput): Finding[] {
  return gains.flatMap(({ kind, gainOverHull: { points, ci } }) => {
    if (ci === null || points < LEAST_GAIN) return []
    const needed = neededRequests(points, ci, units)
    if (needed <= units) return []
    const verdict =
      ci[0] > 0
        ? 'a log of this size may miss it, and where it is seen it tends to look larger than it is'
        : 'it may be chance'
    return [
      {
        code: 'too-few-for-gain',
        message: `${kind} gains ${points.toFixed(1)} points (95 %: ${ci[0].toFixed(1)} to ${ci[1].toFixed(1)}) on ${units.toLocaleString('en-US')} ${unit}: to see such a gain at 95 % in four logs of five, ${needed.toLocaleString('en-US')} to judge on are needed; ${verdict}`,
        count: matrix.testRows.length,
        figures: { kind, points, ci, units, needed },
      },
    ]
  })
}

const MOST_NAMED = 5

function short(names: readonly string[]): string {
  const more = names.length - MOST_NAMED
  return [...names.slice(0, MOST_NAMED), ...(more > 0 ? [`${more} more`] : [])].join(', ')
}

function leftOut({ modelsLeftOut, matrix }: WarningInput): Finding[] {
  if (modelsLeftOut.length === 0) return []
  return [
    {
      code: 'models-left-out',
      message: `complete cases of all models would leave too few requests: left out ${short(modelsLeftOut)}`,
      count: matrix.table.size,
      figures: { models: modelsLeftOut },
    },
  ]
}
