import { compileBudget, type Budget } from '../../../src/core/budget/budget.js'
import type { Plan } from '../../../src/core/plan.js'
import { aPlan } from '../../builders/a-plan.js'

/** Three nested pools. What 8 x 20,000 reservations ask for is more than the larger ones hold: the end is refused. */
export const BUDGETS: readonly Budget[] = [
  { id: 'org', scope: 'org', maxBudget: 9, window: { kind: 'fixed', budgetDuration: '1d', timeZone: 'UTC' } },
  {
    id: 'user',
    scope: ['org', 'user'],
    maxBudget: 0.5,
    window: { kind: 'sliding', budgetDuration: '24h', buckets: 60 },
  },
  { id: 'session', scope: 'session', maxBudget: 0.04, window: { kind: 'lifetime' } },
].map((spec) =>
  compileBudget({ overrides: {}, onMissingLabel: 'sharedPool', ...spec } as Parameters<
    typeof compileBudget
  >[0]),
)

export function planFor(number: number, amount: number): Plan {
  const labels = {
    org: `org-${number % 4}`,
    user: `user-${number % 100}`,
    session: `session-${number % 1000}`,
  }
  return aPlan(BUDGETS, labels, amount)
}
