/** What stands on the frontier chart, still in cost and quality. */

import { qualityOnHull } from '../../metrics/hull.js'
import type { Comparison, Interval, Point, RunMetrics } from '../../metrics/result.js'
import type { ToggledLayer } from './chart.js'
import { comparableReferences } from '../findings/comparable-references.js'
import { money, percent, percentInterval, plainName } from '../format.js'

/** `partialSingle`: above or left of the hull, since its outcomes are known for a part of the requests only. */
export type FrontierKind =
  'policy' | 'baseline' | 'hullSingle' | 'single' | 'partialSingle' | 'oracle' | 'control'

/** Layers that the reader may switch off. */
export const TOGGLED: Partial<Readonly<Record<FrontierKind, ToggledLayer>>> = {
  single: 'single',
  partialSingle: 'partial',
  control: 'control',
  oracle: 'oracle',
}

export interface FrontierRow {
  readonly kind: FrontierKind
  readonly label: string
  readonly costUsd: number
  readonly quality: number
  readonly costCi: Interval | null
  readonly qualityCi: Interval | null
  /** Shown on hover, and as the text of an unlabelled dot. */
  readonly title: string
  /** Of a single model, the cheapest first: what stands beside its dot where there is no room for its name. */
  readonly number: number | null
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
  const { baseline } = comparison
  const references = comparableReferences(comparison)
  const onHull = new Set(references.hull.map((point) => point.label))
  const singles = singleRows(
    references.singles.filter((point) => point.label !== baseline.label || !isDrawn(comparison.runs[0])),
    references.hull,
  )
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

/** Fewer models have room for their names. */
const NUMBERED_FROM = 5

export function isSingle({ kind }: FrontierRow): boolean {
  return kind === 'hullSingle' || kind === 'single' || kind === 'partialSingle'
}

/** Single models, the cheapest first; numbered where they are many. */
export function singleRows(singles: readonly Point[], hull: readonly Point[]): FrontierRow[] {
  const onHull = new Set(hull.map(({ label }) => label))
  const kindOf = (point: Point): FrontierKind =>
    onHull.has(point.label) ? 'hullSingle' : isAbove(point, hull) ? 'partialSingle' : 'single'
  return [...singles]
    .sort((a, b) => a.costUsd - b.costUsd)
    .map((point, index) => ({
      ...rowOf(kindOf(point), point),
      number: singles.length < NUMBERED_FROM ? null : index + 1,
    }))
}

/** A model above the hull of those that are comparable was asked some of the requests only, maybe the easy ones. */
function isAbove(point: Point, hull: readonly Point[]): boolean {
  if (hull.length === 0) return false
  const reached = qualityOnHull(hull, point.costUsd)
  return reached === null || point.quality > reached + 1e-9
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
  return { kind, ...point, costCi: null, qualityCi, title, number: null }
}

/** The capped baseline is told from the uncapped one by whose budgets it is under: `capped by POLICY`. */
export function directName({ label }: FrontierRow): string {
  return /^model:.* \((capped by .+)\)$/s.exec(label)?.[1] ?? label
}

function modelsUsed(shares: Readonly<Record<string, number>>): number {
  return Object.values(shares).filter((share) => share > 0).length
}

function isDrawn(run: RunMetrics | undefined): boolean {
  return run !== undefined && run.quality !== null && run.meanCostUsd !== null && run.served > 0
}
