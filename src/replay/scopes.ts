import { claimsFor, type Claims } from '../core/budget/claims.js'
import type { Ledger, OpenPool } from '../core/budget/ledger.js'
import type { LogTable } from '../core/log-table.js'
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
  const codes = new Int32Array(table.size)
  const scopes: Record<string, string>[] = []
  const known = new Map<number, number>()
  let distinct = combine(table, names, codes)
  for (let row = 0; row < table.size; row++) {
    const code = codes[row] as number
    let index = known.get(code)
    if (index === undefined) {
      index = scopes.push(scopeOf(table, names, row)) - 1
      known.set(code, index)
    }
    codes[row] = index
  }
  distinct = scopes.length
  const claims = scopes.slice(0, distinct).map((scope) => claimsFor(policy.budgets, scope))
  const pools = claims.map((claim) => (claim.kind === 'claims' ? ledger.open(claim.pools) : []))
  return { codes, scopes, claims, pools }
}

/** Only labels that a budget or a deny rule reads. */
function labelNames(table: LogTable, policy: Policy): string[] {
  const names = new Set([
    ...policy.budgets.flatMap((budget) => budget.labels),
    ...policy.denyRules.map((rule) => rule.label),
  ])
  return [...names].filter((name) => table.labels[name] !== undefined)
}

/** One number a combination of labels: pairs are renumbered label by label, so that no product overflows. */
function combine(table: LogTable, names: readonly string[], codes: Int32Array): number {
  let count = 1
  for (const name of names) {
    const column = table.labels[name]
    if (column === undefined) continue
    const width = column.values.length + 1
    const renumbered = new Map<number, number>()
    for (let row = 0; row < table.size; row++) {
      const pair = (codes[row] as number) * width + (column.codes[row] as number) + 1
      let code = renumbered.get(pair)
      if (code === undefined) {
        code = renumbered.size
        renumbered.set(pair, code)
      }
      codes[row] = code
    }
    count = renumbered.size
  }
  return count
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
