/** What stands on the frontier chart, still in cost and quality. */

import type { Comparison, Interval, Point, RunMetrics } from '../../metrics/result.js'
import { money, percent, percentInterval, plainName } from '../format.js'

export type FrontierKind = 'policy' | 'baseline' | 'hullSingle' | 'single' | 'oracle' | 'control'

export interface FrontierRow {
  readonly kind: FrontierKind
  readonly label: string
  readonly costUsd: number
  readonly quality: number
  readonly costCi: Interval | null
  readonly qualityCi: Interval | null
  /** Shown on hover, and as the text of an unlabelled dot. */
  readonly title: string
}

export interface FrontierRows {
  readonly rows: readonly FrontierRow[]
  readonly hull: readonly Point[]
  readonly randomMix: readonly Point[]
  /** Policies of unknown cost or quality, and those that served nobody: they have no place on the chart. */
  readonly missing: readonly string[]
  /** Of the axis, where nobody could be refused. */
  readonly qualityTitle?: string
}

export function frontierRows(comparison: Comparison): FrontierRows {
  const { references, baseline } = comparison
  const onHull = new Set(references.hull.map((point) => point.label))
  const singles = references.singles
    .filter((point) => point.label !== baseline.label || !isDrawn(comparison.runs[0]))
    .map((point) => rowOf(onHull.has(point.label) ? 'hullSingle' : 'single', point))
  const oracle =
    references.oracle === null ? [] : [rowOf('oracle', { ...references.oracle, label: 'oracle' })]
  const runs = runRows(comparison)
  return {
    rows: [...singles, ...oracle, ...controlRows(comparison), ...runs.rows],
    hull: references.hull,
    randomMix: references.randomMix.filter((point) => !onHull.has(point.label)),
    missing: runs.missing,
  }
}

function runRows(comparison: Comparison): { rows: FrontierRow[]; missing: string[] } {
  const rows: FrontierRow[] = []
  const missing: string[] = []
  comparison.runs.forEach((run, index) => {
    const { meanCostUsd: costUsd, quality, costCi, qualityCi } = run
    if (costUsd === null || quality === null || run.served === 0) return void missing.push(run.policyId)
    const kind = index === 0 ? 'baseline' : 'policy'
    const label = index === 0 ? `baseline ${comparison.baseline.label}` : run.policyId
    rows.push({ ...rowOf(kind, { label, costUsd, quality }, qualityCi), costCi, qualityCi })
  })
  return { rows, missing }
}

/** Where a policy's models land when they are handed out by lot; of a single model there is nothing to shuffle. */
function controlRows(comparison: Comparison): FrontierRow[] {
  return comparison.runs.slice(1).flatMap((run) => {
    const { costUsd, quality } = run.control
    if (costUsd === null || quality === null || modelsUsed(run.modelShare) < 2) return []
    return [rowOf('control', { label: `${run.policyId}, shuffled`, costUsd, quality })]
  })
}

export function rowOf(kind: FrontierKind, point: Point, qualityCi: Interval | null = null): FrontierRow {
  const interval = qualityCi === null ? '' : ` (${percentInterval(qualityCi)})`
  const title = `${plainName(point.label)}: ${money(point.costUsd * 1000)} per 1,000 requests, quality ${percent(point.quality)}${interval}`
  return { kind, ...point, costCi: null, qualityCi, title }
}

function modelsUsed(shares: Readonly<Record<string, number>>): number {
  return Object.values(shares).filter((share) => share > 0).length
}

function isDrawn(run: RunMetrics | undefined): boolean {
  return run !== undefined && run.quality !== null && run.meanCostUsd !== null && run.served > 0
}
