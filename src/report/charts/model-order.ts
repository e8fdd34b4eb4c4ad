/** Which models get a colour of their own, and in which order: cheapest first, so that lightness means price. */

import type { Comparison } from '../../metrics/result.js'
import { shortName } from '../format.js'
import type { LegendEntry } from './chart.js'
import { OTHER, RAMP_STEPS, rampColour } from './theme.js'

export interface ModelOrder {
  /** Cheapest first; at most as many as the ramp has steps. */
  readonly named: readonly string[]
  readonly others: number
  /** Named models whose price is unknown: they stand last, and no colour may claim that they are dear. */
  readonly unpriced: readonly string[]
}

/** The models that serve most over all runs; ordered by their price, unknown prices last. */
export function modelOrder(comparison: Comparison): ModelOrder {
  const served = new Map<string, number>()
  for (const chart of comparison.charts) {
    for (const { model, requests } of [...chart.mixByDifficulty, ...chart.mixByTask]) {
      if (requests > 0) served.set(model, (served.get(model) ?? 0) + requests)
    }
  }
  const cost = new Map(comparison.references.singles.map((point) => [point.label, point.costUsd]))
  const bySize = [...served].sort((a, b) => b[1] - a[1]).map(([model]) => model)
  const named = bySize.slice(0, RAMP_STEPS)
  named.sort((a, b) => (cost.get(a) ?? Infinity) - (cost.get(b) ?? Infinity) || (a < b ? -1 : 1))
  return { named, others: bySize.length - named.length, unpriced: named.filter((model) => !cost.has(model)) }
}

export function modelColour(model: string, order: ModelOrder): string {
  const index = order.named.indexOf(model)
  return index < 0 ? OTHER : rampColour(index, order.named.length)
}

/** Position in a stack: cheap at the bottom, the rest on top. */
export function modelRank(model: string, order: ModelOrder): number {
  const index = order.named.indexOf(model)
  return index < 0 ? order.named.length : index
}

export function modelLegend(order: ModelOrder): LegendEntry[] {
  const named = order.named.map((model) => ({
    label: order.unpriced.includes(model) ? `${shortName(model, 40)} (price unknown)` : shortName(model, 40),
    mark: 'bar' as const,
    colour: modelColour(model, order),
  }))
  if (order.others === 0) return named
  return [...named, { label: `${order.others} other models`, mark: 'bar', colour: OTHER }]
}
