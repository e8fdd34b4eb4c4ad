import type { Comparison, EvidenceMode } from '../metrics/result.js'
import { headline } from './findings/headline.js'

/** What a list of runs says of one: small, and kept beside the run, so that the list need not read whole runs. */
export interface RunSummary {
  readonly runId: string
  readonly log: {
    readonly path: string
    readonly hash: string
    readonly requests: number
    readonly from: number | null
    readonly to: number | null
    readonly arrivals: 'logged' | 'synthetic'
    readonly syntheticData: boolean
  }
  readonly evidence: EvidenceMode
  readonly headline: string
  /** Without the baselines. */
  readonly policies: readonly string[]
  readonly filters: readonly string[]
  readonly faults: string | null
  /** Absent where quality is judged by the request. */
  readonly qualityUnit?: 'session'
}

export function summarizeRun(comparison: Comparison): RunSummary {
  const { runId, log, runs, filters, faults, qualityUnit } = comparison
  const { path, hash, requests, from, to, arrivals, syntheticData, evidence } = log
  const isBaseline = (policyId: string, index: number): boolean =>
    index === 0 || / \(capped by .+\)$/s.test(policyId)
  return {
    runId,
    log: { path, hash, requests, from, to, arrivals, syntheticData },
    evidence,
    headline: headline(comparison).sentence,
    policies: runs.map(({ policyId }) => policyId).filter((policyId, index) => !isBaseline(policyId, index)),
    filters,
    faults: faults ?? null,
    ...(qualityUnit === undefined ? {} : { qualityUnit }),
  }
}
