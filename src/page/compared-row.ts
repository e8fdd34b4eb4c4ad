import { compare, type ComparedRun } from '../metrics/compare.js'
import type { RunMetrics } from '../metrics/result.js'
import type { ReplaySettings } from '../replay/packed/replayable.js'
import { entry } from './entry.js'
import type { Replayed } from './replays.js'

export interface RowSettings extends ReplaySettings {
  /** Of the bootstrap. */
  readonly replicates: number
}

/** A replay's row in the report's table, beside its baseline alone: how many more are compared moves no figure of it. */
export function comparedRow(
  base: Replayed,
  own: Replayed,
  { seed, replicates, qualityUnit }: RowSettings,
): RunMetrics {
  const { runs } = compare({
    table: base.table,
    runs: [base, own].map(comparedRun),
    baseline: { index: 0, label: base.policy.policyId, rule: '' },
    seed,
    replicates,
    qualityUnit,
    filters: [],
    syntheticData: false,
    scaleToRequestsPerDay: null,
    tuning: null,
  })
  return entry(runs, 1)
}

function comparedRun({ policy, result }: Replayed): ComparedRun {
  const { unservedQuality, budgets } = policy.file
  return { result, policy, unservedQuality, budgets, description: null }
}
