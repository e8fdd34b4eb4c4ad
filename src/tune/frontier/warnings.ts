import type { Point } from '../../metrics/result.js'
import { singleModels, type OutcomeMatrix } from './outcome-matrix.js'

/** Below as many requests a gain of a few points is within chance. */
const FEW_ROWS = 200

/** Tasks whose answer is one of two, by the names that benchmarks have. */
const TWO_CHOICES = /winogrande|boolq|piqa|copa|wsc|\brte\b|yes.?no|true.?false|two.?choice/i

/** What a reader must know that the figures do not say. */
export function frontierWarnings(matrix: OutcomeMatrix): readonly string[] {
  const rows = [...matrix.learnRows, ...matrix.testRows]
  const parts = [matrix.learnRows, matrix.testRows].map((part) => singleModels(matrix, part))
  return [
    ...dominated(singleModels(matrix, rows), parts),
    ...luckyOracle(matrix),
    ...(matrix.testRows.length < FEW_ROWS
      ? [
          `only ${matrix.testRows.length} requests to judge on: under ${FEW_ROWS} a gain of a few points is within chance, whatever the table says`,
        ]
      : []),
  ]
}

/** Cheaper and better on both parts, so that it is no accident of one. */
function dominated(all: readonly Point[], parts: readonly (readonly Point[])[]): string[] {
  const beats = (points: readonly Point[], winner: number, loser: number): boolean => {
    const [a, b] = [points[winner], points[loser]]
    return a !== undefined && b !== undefined && a.costUsd < b.costUsd && a.quality > b.quality
  }
  return all.flatMap(({ label }, loser) => {
    const winners = all.filter((_, winner) => parts.every((points) => beats(points, winner, loser)))
    const [best] = [...winners].sort((a, b) => b.quality - a.quality)
    return best === undefined ? [] : [`${label}, do not route: ${best.label} is better and cheaper`]
  })
}

function luckyOracle({ models, table: { task } }: OutcomeMatrix): string[] {
  const named = [...new Set(task.codes)].flatMap((code) => task.values[code] ?? [])
  const twoChoices = named.filter((name) => TWO_CHOICES.test(name))
  const because = [
    ...(models.length === 2 ? ['there are two models only'] : []),
    ...(twoChoices.length > 0 ? [`${twoChoices.join(', ')} can be guessed right`] : []),
  ]
  return because.length === 0
    ? []
    : [
        `part of what the oracle has over the best model is luck, which no router can predict, since ${because.join(' and ')}`,
      ]
}
