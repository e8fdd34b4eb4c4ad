import { compileBudget, type Budget } from '../../../src/core/budget/budget.js'
import type { Plan } from '../../../src/core/plan.js'
import { aPlan } from '../../builders/a-plan.js'

/** `TOLLGATE_FULL=1` makes it 20,000 for each of 8 processes. */
export const RESERVATIONS = process.env['TOLLGATE_FULL'] === undefined ? 2500 : 20_000
const share = RESERVATIONS / 20_000

/** Three nested pools. What all processes ask for is more than the larger ones hold: the end is refused. */
export const BUDGETS: readonly Budget[] = [
  {
    id: 'org',
    scope: 'org',
    maxBudget: 9 * share,
    window: { kind: 'fixed', budgetDuration: '1d', timeZone: 'UTC' },
  },
  {
    id: 'user',
    scope: ['org', 'user'],
    maxBudget: 0.5 * share,
    window: { kind: 'sliding', budgetDuration: '24h', buckets: 60 },
  },
  { id: 'session', scope: 'session', maxBudget: 0.04 * share, window: { kind: 'lifetime' } },
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
