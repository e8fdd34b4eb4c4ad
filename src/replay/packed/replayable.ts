import type { LogTable, TextColumn } from '../../core/log-table.js'
import type { Policy } from '../../core/policy.js'
import type { PolicyFile } from '../../core/policy-schema.js'
import { selectRows } from '../rows.js'
import { packTable, unpackFeatures, unpackTable, type PackedTable } from './packed-table.js'

/** A policy of a comparison, as it was replayed. */
export interface ReplayablePolicy {
  readonly file: PolicyFile
  /** Of the file as it lay on disk, which may have left defaults out. */
  readonly contentHash: string
  /** Which features it reads: the key of its extractor. */
  readonly features: string
  /**
   * What was taken from it where nobody is to be named. `names`: its caps and bans of single labels are of other names, and no
   * runtime could use its file; `ids`: it draws lots by ids of requests that are not here, and cannot be replayed.
   */
  readonly lacks?: 'names' | 'ids'
}

/** What was done to every run of a comparison besides. */
export interface ReplaySettings {
  readonly seed: number
  /** As `--faults` had it. */
  readonly faults?: string | undefined
  /** As `--scorer-error` had it, a share. */
  readonly scorerError?: number | undefined
  /** As `--quality-unit` had it. */
  readonly qualityUnit?: 'request' | 'session' | undefined
}

/** A comparison with all that it takes to replay it, and policies like its own, somewhere else. */
export interface Replayable {
  /** Without features, which belong to a policy. */
  readonly table: LogTable
  /** Requests of the comparison; more than the table has where it was cut. */
  readonly offered: number
  readonly policies: readonly ReplayablePolicy[]
  /** Index of the policy that the others are held against. */
  readonly baseline: number
  readonly settings: ReplaySettings
  /** Labels bear other names than in the log, and no request has its id. */
  readonly renamed?: true
  features(key: string): readonly Float64Array[]
}

export interface ReplayableInput {
  readonly policies: readonly Policy[]
  /** The same rows for each, with the features that the policy reads. */
  readonly tableOf: (policy: Policy) => LogTable
  readonly baseline: number
  readonly settings: ReplaySettings
  /** Labels that metrics read: which requests belong together, whatever they are called. */
  readonly clusterLabels: readonly string[]
  /** Longer logs are cut after so many requests. */
  readonly mostRequests: number
}

/** What says of the bytes what they are; plain JSON. */
export interface Head extends Pick<Replayable, 'offered' | 'policies' | 'baseline' | 'settings' | 'renamed'> {
  readonly table: PackedTable
}

/**
 * As bytes: the length of a head, the head as JSON, the columns. A longer log is cut in time and not thinned: budgets bind on
 * how many requests come at once, and up to the cut everything happens as in the whole log. What no policy and no metric reads
 * stays out: ids unless something is drawn by them, labels that nothing is grouped by, and names of those that only group.
 * @throws RangeError without a policy.
 */
export function packReplayable(input: ReplayableInput): Uint8Array {
  const { policies, tableOf, mostRequests, settings, baseline } = input
  const [first] = policies
  if (first === undefined) throw new RangeError('policies must hold at least one')
  const whole = tableOf(first)
  const shorten = (table: LogTable): LogTable =>
    table.size <= mostRequests
      ? table
      : selectRows(
          table,
          Int32Array.from({ length: mostRequests }, (_, row) => row),
        )
  const features = new Map(
    policies.map((policy) => [policy.classifier.extractor.key, shorten(tableOf(policy)).features]),
  )
  const table = shorten(whole)
  const packed = packTable({
    table: {
      ...table,
      labels: neededLabels(table, input),
      needs: usedTexts(table.needs),
      task: usedTexts(table.task),
    },
    features,
    keepIds: drawsEverywhere(settings) || policies.some(({ file }) => drawsLots(file)),
  })
  const head: Head = {
    table: packed.head,
    offered: whole.size,
    policies: policies.map(({ file, contentHash, classifier }) => ({
      file: withoutEvidence(file),
      contentHash,
      features: classifier.extractor.key,
    })),
    baseline,
    settings,
  }
  return joined(head, packed.bytes)
}

/** What was found on a log is not part of what is replayed, and without it the seal would be of another file. */
function withoutEvidence(policy: PolicyFile): PolicyFile {
  const { evidence: _evidence, forecast: _forecast, contentHash: _seal, ...file } = policy
  return file
}

/** Lots are drawn by a request's id. */
export function drawsLots({ selector, exploration }: PolicyFile): boolean {
  return selector.kind === 'mix' || exploration !== undefined
}

export function drawsEverywhere({ faults, scorerError }: ReplaySettings): boolean {
  return faults !== undefined || scorerError !== undefined
}

function neededLabels(
  table: LogTable,
  { policies, clusterLabels }: ReplayableInput,
): Record<string, TextColumn> {
  const read = labelsRead(policies)
  return Object.fromEntries(
    Object.entries(table.labels).flatMap(([name, column]): [string, TextColumn][] => {
      if (read.has(name)) return [[name, usedTexts(column)]]
      return clusterLabels.includes(name) ? [[name, nameless(usedTexts(column))]] : []
    }),
  )
}

/** Labels whose values decide something; of others only which requests have the same. */
export function labelsRead(policies: readonly Policy[]): ReadonlySet<string> {
  return new Set(
    policies.flatMap(({ budgets, denyRules, sessions }) => [
      ...budgets.flatMap(({ labels }) => labels),
      ...denyRules.map(({ label }) => label),
      ...(sessions === undefined ? [] : [sessions.label]),
    ]),
  )
}

/** Only the texts that occur, in the same order. */
function usedTexts({ values, codes }: TextColumn): TextColumn {
  const used = new Uint8Array(values.length)
  for (const code of codes) if (code >= 0) used[code] = 1
  let next = 0
  const numbers = Int32Array.from(used, (isUsed) => (isUsed === 1 ? next++ : -1))
  return {
    values: values.filter((_, code) => used[code] === 1),
    codes: codes.map((code) => (code < 0 ? -1 : (numbers[code] ?? -1))),
  }
}

function nameless({ values, codes }: TextColumn): TextColumn {
  return { values: values.map((_, code) => String(code)), codes }
}

const LENGTH_BYTES = 4

export function joined(value: Head, columns: Uint8Array): Uint8Array {
  const head = new TextEncoder().encode(JSON.stringify(value))
  const whole = new Uint8Array(LENGTH_BYTES + head.length + columns.length)
  new DataView(whole.buffer).setUint32(0, head.length, true)
  whole.set(head, LENGTH_BYTES)
  whole.set(columns, LENGTH_BYTES + head.length)
  return whole
}

/** What `joined` put together. */
export function parted(bytes: Uint8Array): { readonly head: Head; readonly columns: Uint8Array } {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  const start = LENGTH_BYTES + length
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, start))) as Head
  return { head, columns: bytes.subarray(start) }
}

export function unpackReplayable(bytes: Uint8Array): Replayable {
  const {
    head: { table: packed, ...head },
    columns,
  } = parted(bytes)
  const known = new Map<string, readonly Float64Array[]>()
  return {
    ...head,
    table: unpackTable(packed, columns),
    features(key) {
      let features = known.get(key)
      if (features === undefined) {
        features = unpackFeatures(packed, columns, key)
        if (features === undefined) throw new RangeError(`key must be that of packed features, got ${key}`)
        known.set(key, features)
      }
      return features
    },
  }
}
