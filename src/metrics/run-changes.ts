import type { Comparison, Interval, LogSummary, RunMetrics } from './result.js'
import { pairedChange, type PairedChange } from './paired-change.js'
import type { RequestColumns, RunColumns } from './request-columns.js'

/** A figure under the first run, under the second, and second minus first. */
export interface Change {
  readonly from: number | null
  readonly to: number | null
  readonly change: number | null
  /** Of the change, 95 %, from the same requests under both. */
  readonly ci: Interval | null
}

/** One policy under two stored runs. Costs and quality are means per offered request. */
export interface PolicyChange {
  readonly policyId: string
  /** Its name in the second run, where it is another. */
  readonly renamedTo: string | null
  /** Both runs have the very same policy (content hash). */
  readonly isSamePolicy: boolean
  readonly meanCostUsd: Change
  /** The change as a share of the first run's cost. */
  readonly costShare: { readonly change: number | null; readonly ci: Interval | null }
  readonly quality: Change
  readonly servedShare: Change
  /** What the intervals draw as a whole: `sessions`, `windows`; null without intervals. */
  readonly unit: string | null
  readonly units: number | null
  /** Why intervals are missing; null where none is. */
  readonly because: string | null
}

/** Two stored runs of the same requests, policy by policy. */
export interface RunChanges {
  readonly from: StoredRun
  readonly to: StoredRun
  readonly log: LogSummary
  readonly scaleToRequestsPerDay: number | null
  readonly replicates: number
  readonly seed: number
  readonly policies: readonly PolicyChange[]
  readonly onlyFrom: readonly string[]
  readonly onlyTo: readonly string[]
  /** What differs between the runs besides their policies, in words. */
  readonly differences: readonly string[]
}

export type StoredRun = Pick<Comparison, 'runId' | 'seed' | 'baseline' | 'filters' | 'faults' | 'scorerError'>

export interface RunChangesInput {
  readonly from: Comparison
  readonly to: Comparison
  /** Null for runs that were stored without. */
  readonly fromColumns: RequestColumns | null
  readonly toColumns: RequestColumns | null
  readonly seed: number
  readonly replicates: number
}

/**
 * Second run minus first for every policy that both have. The runs must be of the same requests (`sameRequests`): then the
 * difference of each request is known, and is far tighter than the difference of two means.
 */
export function runChanges(input: RunChangesInput): RunChanges {
  const { from, to, seed, replicates } = input
  const pairs = matched(from.runs, to.runs)
  const inPairs = new Set(pairs.flat())
  const left = (runs: readonly RunMetrics[]): string[] =>
    runs.filter((run) => !inPairs.has(run)).map(({ policyId }) => policyId)
  return {
    from: stored(from),
    to: stored(to),
    log: to.log,
    scaleToRequestsPerDay: to.scaleToRequestsPerDay,
    replicates,
    seed,
    policies: pairs.map(([a, b]) => policyChange(a, b, input)),
    onlyFrom: left(from.runs),
    onlyTo: left(to.runs),
    differences: differences(from, to),
  }
}

/** Why two stored runs cannot be paired; null where they can. */
export function sameRequests({ from, to, fromColumns, toColumns }: RunChangesInput): string | null {
  if (from.log.hash !== to.log.hash)
    return `they are of different logs: ${from.log.path} (${short(from.log.hash)}) and ${to.log.path} (${short(to.log.hash)})`
  const filters = [from, to].map((run) => run.filters.join(', ') || 'no filter')
  const isSame =
    fromColumns !== null && toColumns !== null
      ? fromColumns.requestsHash === toColumns.requestsHash
      : from.log.requests === to.log.requests && filters[0] === filters[1]
  return isSame
    ? null
    : `they are of different requests of ${to.log.path}: ${from.log.requests} (${filters[0]}) and ${to.log.requests} (${filters[1]})`
}

type Pair = readonly [from: RunMetrics, to: RunMetrics]

/** By name, else by content; a single policy that is left on either side is taken to be the same one, reworked. */
function matched(from: readonly RunMetrics[], to: readonly RunMetrics[]): Pair[] {
  const free = new Set(to)
  const found = new Map<RunMetrics, RunMetrics>()
  const keys = [(run: RunMetrics) => run.policyId, (run: RunMetrics) => run.contentHash]
  for (const key of keys) {
    for (const run of from) {
      if (found.has(run)) continue
      const other = [...free].find((candidate) => key(candidate) === key(run))
      if (other === undefined) continue
      found.set(run, other)
      free.delete(other)
    }
  }
  const left = from.filter((run) => !found.has(run))
  const [one] = left
  const [other] = free
  if (one !== undefined && other !== undefined && left.length === 1 && free.size === 1) found.set(one, other)
  return from.flatMap((run): Pair[] => {
    const partner = found.get(run)
    return partner === undefined ? [] : [[run, partner]]
  })
}

function policyChange(a: RunMetrics, b: RunMetrics, input: RunChangesInput): PolicyChange {
  const columns = columnsOf(a, b, input)
  const found = columns === null ? null : pairedChange(...columns, input)
  const isSamePolicy = a.contentHash === b.contentHash
  const unpaired = whyUnpaired(a, b, columns)
  const use = unpaired === null ? found : null
  const change = (of: (run: RunMetrics) => number | null, paired: keyof PairedChange['changes']): Change => ({
    from: of(a),
    to: of(b),
    change: use === null ? minus(of(b), of(a)) : use.changes[paired].change,
    ci: use?.changes[paired].ci ?? null,
  })
  const meanCostUsd = change((run) => run.meanCostUsd, 'costUsd')
  return {
    policyId: a.policyId,
    renamedTo: a.policyId === b.policyId ? null : b.policyId,
    isSamePolicy,
    meanCostUsd,
    costShare:
      use === null ? { change: share(meanCostUsd.change, a.meanCostUsd), ci: null } : use.changes.costShare,
    quality: change((run) => run.quality, 'quality'),
    servedShare: change((run) => run.servedShare, 'served'),
    unit: use?.unit ?? null,
    units: use?.units ?? null,
    because: unpaired ?? use?.because ?? null,
  }
}

function columnsOf(a: RunMetrics, b: RunMetrics, input: RunChangesInput): [RunColumns, RunColumns] | null {
  const own = input.fromColumns?.runs[input.from.runs.indexOf(a)]
  const other = input.toColumns?.runs[input.to.runs.indexOf(b)]
  return own === undefined || other === undefined ? null : [own, other]
}

function whyUnpaired(a: RunMetrics, b: RunMetrics, columns: object | null): string | null {
  if (columns === null)
    return 'a run was stored without its requests, before they were kept: replay it again for intervals'
  const isEstimate = (run: RunMetrics): boolean =>
    run.evidence.identification === 'estimated' || (run.costBasis ?? 'recorded') !== 'recorded'
  return isEstimate(a) || isEstimate(b)
    ? 'its figures are estimates, whose difference has no paired interval'
    : null
}

function differences(from: Comparison, to: Comparison): string[] {
  const pairs: [string, string, string][] = [
    ['seed', String(from.seed), String(to.seed)],
    ['baseline', from.baseline.label, to.baseline.label],
    ['faults', from.faults ?? 'none', to.faults ?? 'none'],
    ['scorer error', String(from.scorerError ?? 'none'), String(to.scorerError ?? 'none')],
  ]
  return pairs
    .filter(([, a, b]) => a !== b)
    .map(([what, a, b]) => `${what} ${a} in the first, ${b} in the second`)
}

function stored({ runId, seed, baseline, filters, faults, scorerError }: Comparison): StoredRun {
  return {
    runId,
    seed,
    baseline,
    filters,
    ...(faults === undefined ? {} : { faults }),
    ...(scorerError === undefined ? {} : { scorerError }),
  }
}

function minus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a - b
}

function share(change: number | null, of: number | null): number | null {
  return change === null || of === null || of === 0 ? null : change / of
}

function short(hash: string): string {
  return hash.replace(/^sha256:/, '').slice(0, 12)
}
