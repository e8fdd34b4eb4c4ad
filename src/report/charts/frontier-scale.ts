/** Which part of the plane the frontier chart shows, and what lies below it. */

import { costAxis, linearTicks, type CostAxis } from './cost-axis.js'
import type { FrontierRow, FrontierRows } from './frontier-rows.js'

export interface FrontierScale {
  readonly cost: CostAxis
  readonly quality: readonly [number, number]
  readonly qualityTicks: readonly number[]
  readonly qualityTitle: string
}

const QUALITY_TITLE = 'Mean quality (refused counted as unserved)'

/** A point this far below the rest would squeeze all others into a line: it is drawn at the lower edge, and said so. */
const STRETCH = 2

export function frontierScale(
  { rows, hull, qualityTitle = QUALITY_TITLE }: FrontierRows,
  maxTicks: number,
): FrontierScale {
  const costs = [
    ...rows.flatMap((row) => [row.costUsd, ...(row.costCi ?? [])]),
    ...hull.map((p) => p.costUsd),
  ]
  const quality = qualityDomain(rows)
  return {
    cost: costAxis(costs, maxTicks),
    quality,
    qualityTicks: linearTicks(quality[0], quality[1], 6),
    qualityTitle,
  }
}

export function isBelow(row: FrontierRow, scale: FrontierScale): boolean {
  return row.quality < scale.quality[0]
}

function qualityDomain(rows: readonly FrontierRow[]): readonly [number, number] {
  const values = rows
    .flatMap((row) => [row.quality, ...(row.qualityCi ?? [])])
    .filter((value) => Number.isFinite(value))
    .sort((a, b) => a - b)
  const top = values.at(-1)
  if (top === undefined) return [0, 1]
  const low = lowEnd(values, top)
  const margin = Math.max(0.01, (top - low) * 0.1)
  return [Math.max(0, low - margin), top > 1 ? top : Math.min(1.005, top + margin)]
}

/** The lowest value worth showing: up to a quarter of the values may lie below when they stretch the range too far. */
function lowEnd(sorted: readonly number[], top: number): number {
  for (let i = Math.floor(sorted.length / 4); i > 0; i--) {
    const kept = sorted[i] ?? top
    const next = sorted[i - 1] ?? kept
    if (top - next > STRETCH * Math.max(0.02, top - kept)) return kept
  }
  return sorted[0] ?? 0
}
