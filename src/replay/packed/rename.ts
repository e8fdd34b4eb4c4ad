import { escapeLabel, SHARED_POOL, unescapeLabel } from '../../core/budget/pool-label.js'
import { parsePolicy } from '../../core/policy.js'
import type { BudgetSpec, PolicyFile } from '../../core/policy-schema.js'
import type { PackedTable } from './packed-table.js'
import {
  drawsEverywhere,
  drawsLots,
  joined,
  labelsRead,
  parted,
  type Head,
  type ReplayablePolicy,
} from './replayable.js'

/** How a value of a label is called instead; another value is called otherwise. */
export type NameOf = (label: string, value: string) => string

/**
 * A packed comparison in which nobody is named: labels bear other names, in the log and in the policies, and requests have no
 * ids. It replays to the same figures, since names only part pools. Undefined where every run or the baseline draws by ids:
 * without them it would be another replay. Doing so twice changes nothing.
 */
export function renameReplayable(bytes: Uint8Array, nameOf: NameOf): Uint8Array | undefined {
  const { head, columns } = parted(bytes)
  if (head.renamed === true) return bytes
  const baseline = head.policies[head.baseline]
  if (drawsEverywhere(head.settings) || (baseline !== undefined && drawsLots(baseline.file))) return undefined
  return joined(renamedHead(head, nameOf), columns)
}

export function isRenamed(bytes: Uint8Array): boolean {
  return parted(bytes).head.renamed === true
}

function renamedHead(head: Head, nameOf: NameOf): Head {
  // What no policy reads has numbers for names already.
  const named = labelsRead(head.policies.map(({ file }) => parsePolicy(file)))
  const labels = Object.entries(head.table.labels).map(([label, column]) => [
    label,
    named.has(label) ? { ...column, values: column.values.map((value) => nameOf(label, value)) } : column,
  ])
  const table: PackedTable = {
    ...head.table,
    ids: null,
    labels: Object.fromEntries(labels) as PackedTable['labels'],
  }
  return {
    ...head,
    table,
    policies: head.policies.map((policy) => renamedPolicy(policy, nameOf)),
    renamed: true,
  }
}

function renamedPolicy({ lacks: _, ...policy }: ReplayablePolicy, nameOf: NameOf): ReplayablePolicy {
  const file = renamedFile(policy.file, nameOf)
  const namesNobody =
    Object.keys(file.denyModels).length === 0 &&
    file.budgets.every(({ overrides }) => Object.keys(overrides).every((label) => label === SHARED_POOL))
  if (drawsLots(file)) return { ...policy, file, lacks: 'ids' }
  return namesNobody ? { ...policy, file } : { ...policy, file, lacks: 'names' }
}

function renamedFile(file: PolicyFile, nameOf: NameOf): PolicyFile {
  return {
    ...file,
    budgets: file.budgets.map((budget) => ({
      ...budget,
      overrides: renamedKeys(budget.overrides, (pool) => renamedPool(pool, budget, nameOf)),
    })),
    denyModels: renamedKeys(file.denyModels, (key) => {
      const colon = key.indexOf(':')
      const label = key.slice(0, colon)
      return `${label}:${nameOf(label, key.slice(colon + 1))}`
    }),
  }
}

/** As `overrides` has it: one label as it is, several joined and escaped. */
function renamedPool(pool: string, { scope }: BudgetSpec, nameOf: NameOf): string {
  if (typeof scope === 'string') return pool === SHARED_POOL ? pool : nameOf(scope, pool)
  const [first = ''] = scope
  if (scope.length === 1) return pool === SHARED_POOL ? pool : nameOf(first, pool)
  return pool
    .split('/')
    .map((part, index) =>
      part === SHARED_POOL ? part : escapeLabel(nameOf(scope[index] ?? first, unescapeLabel(part))),
    )
    .join('/')
}

function renamedKeys<Value>(
  record: Readonly<Record<string, Value>>,
  rename: (key: string) => string,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [rename(key), value]))
}
