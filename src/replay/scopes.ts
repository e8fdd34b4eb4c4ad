import { claimOf, tightestRequestCap, type Claims, type MissingLabel } from '../core/budget/claims.js'
import type { Budget } from '../core/budget/budget.js'
import type { Ledger, OpenPool } from '../core/budget/ledger.js'
import type { LogTable, TextColumn } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'

/** Requests with the same labels share their claims and pools: labels become small integers once, when replay starts. */
export interface Scopes {
  /** Index into the lists below, by row. */
  readonly codes: Int32Array
  /** Labels that a deny rule reads: the planner looks at no others. */
  readonly scopes: readonly Readonly<Record<string, string>>[]
  readonly claims: readonly Claims[]
  readonly pools: readonly (readonly OpenPool[])[]
}

export function readScopes(table: LogTable, policy: Policy, ledger: Ledger): Scopes {
  const denied = [...new Set(policy.denyRules.map(({ label }) => label))]
  const budgets = policy.budgets.filter(({ perRequest }) => !perRequest)
  const combined = combine(table, [...new Set([...budgets.flatMap(({ labels }) => labels), ...denied])])
  const codes = new Int32Array(table.size)
  const codeOf = new Int32Array(combined.count).fill(-1)
  const readers = budgets.map((budget) => createPoolReader(table, budget, ledger))
  const requestCap = tightestRequestCap(policy.budgets)
  const found = {
    scopes: [] as Readonly<Record<string, string>>[],
    claims: [] as Claims[],
    pools: [] as (readonly OpenPool[])[],
  }
  for (let row = 0; row < table.size; row++) {
    const seen = codeOf[combined.codes[row] as number] as number
    codes[row] = seen < 0 ? found.claims.length : seen
    if (seen >= 0) continue
    codeOf[combined.codes[row] as number] = found.claims.length
    const pools: OpenPool[] = []
    const missing = readPools(readers, row, pools)
    found.scopes.push(denied.length === 0 ? NO_LABELS : scopeOf(table, denied, row))
    found.claims.push(missing ?? { kind: 'claims', pools, requestCap })
    found.pools.push(pools)
  }
  return { codes, ...found }
}

const NO_LABELS: Readonly<Record<string, string>> = {}

type PoolReader = (row: number) => OpenPool | MissingLabel | 'skipped'

/** The row's pools go into the list; the first label that must not be missing and is ends it. */
function readPools(readers: readonly PoolReader[], row: number, pools: OpenPool[]): MissingLabel | undefined {
  for (const read of readers) {
    const pool = read(row)
    if (pool === 'skipped') continue
    if ('kind' in pool) return pool
    pools.push(pool)
  }
  return undefined
}

/** One object a pool, however many scopes have it: what lives as long as the replay is what its garbage collector copies. */
function createPoolReader(table: LogTable, budget: Budget, ledger: Ledger): PoolReader {
  const { codes, count } = combine(table, budget.labels)
  const pools = new Array<OpenPool | MissingLabel | 'skipped' | undefined>(count)
  return (row) => {
    const code = codes[row] as number
    let pool = pools[code]
    if (pool === undefined) {
      const claim = claimOf(budget, scopeOf(table, budget.labels, row))
      pool = claim === undefined ? 'skipped' : 'kind' in claim ? claim : ledger.openOnce(claim)
      pools[code] = pool
    }
    return pool
  }
}

/** One number a combination of labels, below `count`. Labels with most values come first. */
function combine(table: LogTable, names: readonly string[]): Combined {
  const columns = names.flatMap((name) => table.labels[name] ?? [])
  columns.sort((a, b) => b.values.length - a.values.length)
  const [first, ...others] = columns
  if (first === undefined) return { codes: new Int32Array(table.size), count: 1 }
  return others.reduce(renumber, { codes: known(first.codes), count: first.values.length + 1 })
}

interface Combined {
  readonly codes: Int32Array
  readonly count: number
}

/** A missing label is 0. */
function known(labels: Int32Array): Int32Array {
  const codes = new Int32Array(labels.length)
  for (let row = 0; row < codes.length; row++) codes[row] = (labels[row] as number) + 1
  return codes
}

/**
 * Pairs of a number and a label become numbers, so that no product overflows. Labels nest (a session has one user, who
 * has one org), so the first pair of each number is nearly always the only one and needs no map.
 */
function renumber(before: Combined, { values, codes: labels }: TextColumn): Combined {
  const firstLabel = new Int32Array(before.count)
  const firstCode = new Int32Array(before.count).fill(-1)
  const others = new Map<number, number>()
  const codes = new Int32Array(labels.length)
  let count = 0
  for (let row = 0; row < codes.length; row++) {
    const code = before.codes[row] as number
    const label = labels[row] as number
    if (firstCode[code] === -1) {
      firstLabel[code] = label
      firstCode[code] = count++
    }
    if (firstLabel[code] === label) {
      codes[row] = firstCode[code] as number
      continue
    }
    const pair = code * (values.length + 1) + label + 1
    let other = others.get(pair)
    if (other === undefined) others.set(pair, (other = count++))
    codes[row] = other
  }
  return { codes, count }
}

function scopeOf(table: LogTable, names: readonly string[], row: number): Record<string, string> {
  const scope: Record<string, string> = {}
  for (const name of names) {
    const column = table.labels[name]
    const value = column?.values[column.codes[row] ?? -1]
    if (value !== undefined) scope[name] = value
  }
  return scope
}
