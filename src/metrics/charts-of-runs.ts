import type { LogTable } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'
import type { ReplayResult, Steps } from '../replay/steps.js'
import { classifierKey, classifierQuality, type ClassifierQuality } from './classifier-quality.js'
import type { Contributions } from './contributions.js'
import { qualityLost, type QualityLost } from './quality-lost.js'
import type { RunCharts } from './result.js'
import { runCharts } from './run-charts.js'

export interface ChartedRun {
  readonly result: ReplayResult
  /** The result's steps in row order. */
  readonly steps: Steps
  readonly policy?: Policy | undefined
  readonly features?: readonly Float64Array[] | undefined
  /** The log with costs as the run's own replay charges them. */
  readonly priced: LogTable
  readonly own: Contributions
}

export interface ChartedRuns {
  readonly table: LogTable
  readonly runs: readonly ChartedRun[]
  /** Index of `runs`. */
  readonly baseline: number
}

/** The rows behind every run's charts, and of its requests; policies that share a classifier share its figures. */
export function chartsOfRuns({ table, runs, baseline }: ChartedRuns): RunCharts[] {
  const known = new Map<string, ClassifierQuality | null>()
  const base = runs[baseline]
  return runs.map((run, index) => ({
    ...runCharts(table, run.result, run.steps),
    qualityLost: index === baseline || base === undefined ? null : lostAgainst(base, run),
    classifier: classifierOf(table, run, known),
  }))
}

function lostAgainst(base: ChartedRun, { priced, steps, own }: ChartedRun): QualityLost | null {
  const ids = new Set([...steps.models, ...base.steps.models].map(({ id }) => id))
  return qualityLost({ table: priced, steps, run: own, baseline: base.own, models: [...ids] })
}

function classifierOf(
  table: LogTable,
  { policy, features = table.features, steps }: ChartedRun,
  known: Map<string, ClassifierQuality | null>,
): ClassifierQuality | null {
  if (policy === undefined) return null
  const key = classifierKey(policy)
  const found = known.get(key)
  if (found !== undefined) return found
  const made = classifierQuality({ table, features, steps, policy })
  known.set(key, made)
  return made
}
