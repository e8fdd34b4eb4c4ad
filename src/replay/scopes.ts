import { createClaims, type Claims, type PoolClaim } from '../core/budget/claims.js'
import type { Ledger, OpenPool } from '../core/budget/ledger.js'
import type { LogTable, TextColumn } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'

/** Requests with the same labels share their claims and pools: labels become small integers once, when replay starts. */
export interface Scopes {
  /** Index into the lists below, by row. */
  readonly codes: Int32Array
  readonly scopes: readonly Readonly<Record<string, string>>[]
  readonly claims: readonly Claims[]
  readonly pools: readonly (readonly OpenPool[])[]
}

export function readScopes(table: LogTable, policy: Policy, ledger: Ledger): Scopes {
  const names = labelNames(table, policy)
  const codes = combine(table, names)
  const scopes: Record<string, string>[] = []
  for (let row = 0; row < table.size; row++) {
    if (codes[row] === scopes.length) scopes.push(scopeOf(table, names, row))
  }
  const claims = scopes.map(createClaims(policy.budgets))
  return { codes, scopes, claims, pools: claims.map(poolOpener(ledger)) }
}

/** One object a pool, however many scopes have it: what lives as long as the replay is what its garbage collector copies. */
function poolOpener(ledger: Ledger): (claims: Claims) => readonly OpenPool[] {
  const known = new Map<PoolClaim, OpenPool>()
  const open = (claim: PoolClaim): OpenPool => {
    let pool = known.get(claim)
    if (pool === undefined) known.set(claim, (pool = ledger.open([claim])[0] as OpenPool))
    return pool
  }
  return (claims) => (claims.kind === 'claims' ? claims.pools.map(open) : [])
}

/** Only labels that a budget or a deny rule reads. */
function labelNames(table: LogTable, policy: Policy): string[] {
  const names = new Set([
    ...policy.budgets.flatMap((budget) => budget.labels),
    ...policy.denyRules.map((rule) => rule.label),
  ])
  return [...names].filter((name) => table.labels[name] !== undefined)
}

/** One number a combination of labels, counted in the order of their first rows. Labels with most values come first. */
function combine(table: LogTable, names: readonly string[]): Int32Array {
  const columns = names.flatMap((name) => table.labels[name] ?? [])
  columns.sort((a, b) => b.values.length - a.values.length)
  return columns.reduce(renumber, new Int32Array(table.size))
}

/**
 * Pairs of a number and a label become numbers, so that no product overflows. Labels nest (a session has one user, who
 * has one org), so the first pair of each number is nearly always the only one and needs no map.
 */
function renumber(codes: Int32Array, { values, codes: labels }: TextColumn): Int32Array {
  const size = codes.length
  const firstLabel = new Int32Array(size + 1)
  const firstCode = new Int32Array(size + 1).fill(-1)
  const others = new Map<number, number>()
  let count = 0
  return codes.map((code, row) => {
    const label = labels[row] as number
    if (firstCode[code] === -1) {
      firstLabel[code] = label
      return (firstCode[code] = count++)
    }
    if (firstLabel[code] === label) return firstCode[code] as number
    const pair = code * (values.length + 1) + label + 1
    let known = others.get(pair)
    if (known === undefined) others.set(pair, (known = count++))
    return known
  })
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
