import type { LogTable, TextColumn } from '../core/log-table.js'

/** With fewer units than this no interval is given, only their number. */
export const MIN_UNITS = 10

/** What is drawn as a whole by the bootstrap, because requests in it depend on each other. */
export interface Clusters {
  readonly unit: string
  readonly units: number
  /** Kish's effective number: (sum of sizes)^2 / sum of squared sizes. */
  readonly effectiveUnits: number
  /** Cluster of each row of the log. */
  readonly of: Int32Array
  /** False when there are too few units for an interval. */
  readonly sufficient: boolean
  /** What a reader of the intervals must know. */
  readonly note: string | null
}

/** Labels that make clusters, the finest first. */
export const CLUSTER_LABELS = ['session', 'user'] as const
export type ClusterLabel = (typeof CLUSTER_LABELS)[number]

/**
 * Requests of one session, else of one user, belong together; else every request stands alone. A label with one value
 * only says nothing and is passed over. Requests without the label stand alone, or together where `pooled` says that
 * they share a budget.
 */
export function labelClusters(
  table: LogTable,
  labels: readonly ClusterLabel[] = CLUSTER_LABELS,
  pooled = false,
): Clusters {
  for (const label of labels) {
    const column = table.labels[label]
    if (column !== undefined && isInformative(column)) return describe(`${label}s`, byCode(column, pooled))
  }
  return describe(
    'requests',
    Int32Array.from({ length: table.size }, (_, row) => row),
  )
}

/** True when a label has at least two values among the rows. */
function isInformative(column: TextColumn): boolean {
  const first = column.codes.find((code) => code >= 0)
  return first !== undefined && column.codes.some((code) => code >= 0 && code !== first)
}

/** Codes renumbered without gaps; rows without the label get numbers of their own, or one together. */
function byCode(column: TextColumn, pooled: boolean): Int32Array {
  const numbers = new Int32Array(column.values.length).fill(-1)
  let next = 0
  let shared = -1
  return column.codes.map((code) => {
    if (code >= 0) {
      if ((numbers[code] ?? -1) < 0) numbers[code] = next++
      return numbers[code] ?? 0
    }
    if (!pooled) return next++
    if (shared < 0) shared = next++
    return shared
  })
}

/** Clusters from a cluster number a row (0, 1, … without gaps), with the note that their number calls for. */
export function describe(unit: string, of: Int32Array, because = ''): Clusters {
  let units = 0
  for (const cluster of of) units = Math.max(units, cluster + 1)
  const sizes = new Float64Array(units)
  for (const cluster of of) sizes[cluster] = (sizes[cluster] ?? 0) + 1
  const squares = sizes.reduce((sum, size) => sum + size * size, 0)
  const sufficient = units >= MIN_UNITS
  const few = `only ${units} ${units === 1 ? unit.replace(/s$/, '') : unit}, ${MIN_UNITS} are needed for an interval`
  const note = sufficient ? because : [because, few].filter((text) => text !== '').join('; ')
  return {
    unit,
    units,
    effectiveUnits: squares === 0 ? 0 : (of.length * of.length) / squares,
    of,
    sufficient,
    note: note === '' ? null : note,
  }
}
