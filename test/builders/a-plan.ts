import type { Budget } from '../../src/core/budget/budget.js'
import { claimsFor } from '../../src/core/budget/claims.js'
import type { Plan } from '../../src/core/plan.js'

/** Asks for one amount, whatever it is granted, in the pools of these labels. */
export function aPlan(
  budgets: readonly Budget[],
  scope: Readonly<Record<string, string>>,
  amountNanoUsd: number,
): Plan {
  const claims = claimsFor(budgets, scope)
  if (claims.kind !== 'claims') throw new Error('no label is missing')
  const candidate = {
    model: 0,
    expectedNanoUsd: amountNanoUsd,
    inputBoundPico: amountNanoUsd * 1000,
    outputPricePico: 0,
    minOutputTokens: 1,
    maxOutputTokens: 1,
  }
  return {
    first: candidate,
    selected: [candidate],
    lower: () => [],
    pools: claims.pools,
    priority: 1,
    difficulty: 0,
    requiredTier: 0,
    requestCapNanoUsd: Infinity,
    onExceed: 'reject',
  }
}
