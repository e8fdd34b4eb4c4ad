import { escapeLabel, SHARED_POOL } from '../core/budget/pool-label.js'
import type { RunCharts } from '../metrics/result.js'

/** Names that say what something is, not who: `user 1`. The same value of a label has the same one wherever it stands. */
export interface Pseudonyms {
  readonly of: (label: string, value: string) => string
  /** Of a pool's label, which joins values of the labels of its budget's scope; `pool 3` where these could be several. */
  readonly ofPool: (label: string) => string
}

/** Of our own: it names nobody. */
const OPEN_LABELS = new Set(['priority'])

/** Values of the tables come first, which list who costs most; all others are numbered as they are asked for. */
export function createPseudonyms(charts: readonly RunCharts[]): Pseudonyms {
  const byLabel = new Map<string, Map<string, string>>()
  /** By how a value stands in a pool's label. */
  const byPart = new Map<string, string[]>()
  const of = (label: string, value: string): string => {
    if (OPEN_LABELS.has(label)) return value
    const names = byLabel.get(label) ?? new Map<string, string>()
    byLabel.set(label, names)
    const known = names.get(value)
    if (known !== undefined) return known
    const name = `${label} ${names.size + 1}`
    names.set(value, name)
    const part = escapeLabel(value)
    byPart.set(part, [...(byPart.get(part) ?? []), name])
    return name
  }
  for (const { label, rows } of charts.flatMap(({ labels }) => labels ?? []))
    for (const { value } of rows) if (value !== null) of(label, value)

  const pools = new Map<string, string>()
  return {
    of,
    ofPool(pool) {
      if (pool === SHARED_POOL) return pool
      const name = pools.get(pool) ?? renamedPool(pool, byPart) ?? `pool ${pools.size + 1}`
      pools.set(pool, name)
      return name
    },
  }
}

/** Undefined where a part of it is nobody who is known, or one value of several labels. */
function renamedPool(pool: string, byPart: ReadonlyMap<string, readonly string[]>): string | undefined {
  const parts = pool.split('/').map((part) => {
    const [name, another] = part === SHARED_POOL ? [SHARED_POOL] : (byPart.get(part) ?? [])
    return another === undefined ? name : undefined
  })
  return parts.every((part) => part !== undefined) ? parts.join('/') : undefined
}
