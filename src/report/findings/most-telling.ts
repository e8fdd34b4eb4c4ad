import type { Comparison } from '../../metrics/result.js'
import { featured } from './featured.js'

/**
 * The policy of which ways of reserving are worth comparing, by its content hash: that of the headline if a budget stopped something
 * there, else the one whose budgets stopped most. Null where none of `among` was compared.
 */
export function mostTelling(
  comparison: Comparison,
  among: readonly { readonly contentHash: string }[],
): string | null {
  const { runs, charts } = comparison
  const best = featured(comparison)?.run.contentHash
  const bound = runs
    .map(({ contentHash }, index) => ({ contentHash, bindings: bindingsOf(charts[index]?.budgets ?? []) }))
    .filter((run) => among.some(({ contentHash }) => contentHash === run.contentHash))
  const own = bound.find(({ contentHash }) => contentHash === best)
  if (own !== undefined && own.bindings > 0) return own.contentHash
  const most = [...bound].sort((a, b) => b.bindings - a.bindings)[0]
  const chosen = most !== undefined && most.bindings > 0 ? most : (own ?? most)
  return chosen?.contentHash ?? null
}

function bindingsOf(budgets: readonly { readonly bindings: number }[]): number {
  return budgets.reduce((sum, { bindings }) => sum + bindings, 0)
}
