import type { LogTable } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'
import { budgetScaleSentence } from '../report/findings/budget-scale.js'

/** What caps held at a log's traffic say of the traffic that its card tells of; null when that is the same, or unknown. */
export function budgetScale(table: LogTable, { budgets }: Pick<Policy, 'budgets'>): string | null {
  if (budgets.length === 0) return null
  return budgetScaleSentence({
    requests: table.size,
    from: table.at[0] ?? null,
    to: table.at[table.size - 1] ?? null,
    requestsPerDay: table.requestsPerDay ?? null,
  })
}
