import { gzipSync } from 'node:zlib'
import { InputError } from '../core/errors.js'
import type { LogTable } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'
import { CLUSTER_LABELS } from '../metrics/clusters.js'
import { compare, type CompareInput, type ComparedRun } from '../metrics/compare.js'
import { requestColumns, type RequestColumns } from '../metrics/request-columns.js'
import type { Comparison, Tuning } from '../metrics/result.js'
import type { QualityUnit } from '../metrics/session-quality.js'
import { parseFaults } from '../replay/fault-spec.js'
import { packReplayable } from '../replay/packed/replayable.js'
import { replay } from '../replay/replay.js'
import { filterRows } from '../replay/rows.js'
import { headroom } from '../tune/headroom.js'
import { readBaseline } from './baseline.js'
import { filterNames as logFilterNames, readLog, type LogArgs } from './log-options.js'
import { defaultMeasuring } from './measuring.js'
import { completePolicies } from './policies.js'
import { parseErrorRate } from './scorer-error.js'
import { countProgress } from './progress.js'

/** Replicates of the bootstrap: 95 % limits move little with more. */
export const REPLICATES = 1000
/** Longer logs are cut for the page, which must stay small enough to be mailed. */
const MOST_REQUESTS_IN_PAGE = 50_000

/** The log as a policy's classifier reads it; without a policy, as the default heuristic does. */
export type TableOf = (policy: Policy | undefined) => LogTable

export interface CompareArgs {
  readonly tableOf: TableOf
  /** As `--policy` names them, and those of them that are files. */
  readonly names: readonly string[]
  readonly files: readonly (Policy | undefined)[]
  readonly baseline: string | undefined
  readonly filters: (table: LogTable) => readonly string[]
  readonly seed: number
  readonly tuning: Tuning | null
  /** `--quality-unit` */
  readonly qualityUnit?: QualityUnit | undefined
  /** `--faults`, in every run. */
  readonly faults?: string | undefined
  /** `--scorer-error`, of every cascade. */
  readonly scorerError?: string | undefined
  /** `--headroom`: of every policy with budgets, how near it is to the best that they allow. */
  readonly headroom?: boolean | undefined
}

/** A comparison, and what each request added to it. */
export interface ComparedByRequest {
  readonly comparison: Comparison
  readonly columns: RequestColumns
  /** Log and policies, packed and gzipped: what a page needs to replay them. */
  readonly replayable: () => Uint8Array
}

/** Replays the baseline, uncapped and capped, and the policies, and compares them. */
export async function compareOnTable(args: CompareArgs): Promise<Comparison> {
  return compare(await replayed(args))
}

/** The same, with what pairs the comparison with another one later. */
export async function compareByRequest(args: CompareArgs): Promise<ComparedByRequest> {
  const input = await replayed(args)
  return {
    comparison: compare(input),
    columns: requestColumns(input),
    replayable: () => packed(args, input),
  }
}

function packed(
  { tableOf }: CompareArgs,
  { runs, baseline, seed, faults, scorerError, qualityUnit }: CompareInput,
): Uint8Array {
  const bytes = packReplayable({
    policies: runs.flatMap(({ policy }) => policy ?? []),
    tableOf,
    baseline: baseline.index,
    settings: { seed, faults, scorerError, qualityUnit },
    clusterLabels: CLUSTER_LABELS,
    mostRequests: MOST_REQUESTS_IN_PAGE,
  })
  return gzipSync(bytes, { level: 9 })
}

async function replayed(args: CompareArgs): Promise<CompareInput> {
  const table = args.tableOf(args.files.find((policy) => policy !== undefined))
  const policies = completePolicies(args.names, args.files, table)
  const baseline = await readBaseline(args.baseline, table, policies)
  const references = [baseline.policy, ...(baseline.capped === undefined ? [] : [baseline.capped])]
  // A policy that is the baseline has its row already.
  const others = policies.filter(({ contentHash }) =>
    references.every((known) => known.contentHash !== contentHash),
  )
  return {
    table,
    runs: await replayAll(args, [...references, ...others]),
    baseline: { index: 0, label: baseline.label, rule: baseline.rule },
    seed: args.seed,
    replicates: REPLICATES,
    filters: args.filters(table),
    qualityUnit: args.qualityUnit,
    faults: args.faults,
    scorerError: args.scorerError === undefined ? undefined : parseErrorRate(args.scorerError),
    syntheticData: false,
    scaleToRequestsPerDay: null,
    tuning: args.tuning,
  }
}

async function replayAll(
  { tableOf, faults: spec, scorerError, headroom: isAsked, qualityUnit, seed }: CompareArgs,
  policies: readonly Policy[],
): Promise<ComparedRun[]> {
  const faults = spec === undefined ? undefined : { spec: parseFaults(spec), seed }
  const simulatedScorer =
    scorerError === undefined ? undefined : { errorRate: parseErrorRate(scorerError), seed }
  const progress = await countProgress('replay')
  const runs = policies.map((policy, index): ComparedRun => {
    const table = tableOf(policy)
    const onProgress = (arrived: number): void =>
      progress.update(index * table.size + arrived, policies.length * table.size)
    const result = replay(table, policy, { onProgress, faults, simulatedScorer })
    return {
      result,
      description: policy.file.description ?? null,
      unservedQuality: policy.file.unservedQuality,
      budgets: policy.file.budgets,
      evidence: policy.file.evidence,
      policy,
      features: table.features,
      headroom:
        isAsked === true && policy.budgets.length > 0 && policy.models.length > 1
          ? headroom(table, policy, result, qualityUnit)
          : undefined,
    }
  })
  progress.stop()
  return runs
}

export interface TableArgs extends LogArgs {
  readonly split: string | undefined
}

/** Reads the log with its filters; policies with the same keyword lists share a table. */
export function tableReader(args: TableArgs): TableOf {
  const byExtractor = new Map<string, LogTable>()
  return (policy) => {
    const extractor = policy?.classifier.extractor ?? defaultMeasuring().extractor
    const known = byExtractor.get(extractor.key)
    if (known !== undefined) return known
    const { table } = readLog(args, () => undefined, extractor)
    const chosen = args.split === undefined ? table : ofSplit(table, args.split)
    if (chosen.size === 0) {
      throw new InputError(
        `no request of ${args.log} is left after ${filterNames(args, chosen).join(', ') || 'reading it'}`,
      )
    }
    byExtractor.set(extractor.key, chosen)
    return chosen
  }
}

function ofSplit(table: LogTable, split: string): LogTable {
  const code = table.split.values.indexOf(split)
  if (code < 0) {
    const known =
      table.split.values.length === 0 ? 'the log has no splits' : `it has ${table.split.values.join(', ')}`
    throw new InputError(`the log has no split ${split}; ${known}`)
  }
  return filterRows(table, (_, row) => table.split.codes[row] === code)
}

export function filterNames(args: TableArgs, table: LogTable): string[] {
  return [...logFilterNames(args, table), ...(args.split === undefined ? [] : [`split ${args.split}`])]
}
