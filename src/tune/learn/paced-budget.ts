import { InputError } from '../../core/errors.js'
import { pacingProblem } from '../../core/policy-checks.js'
import type { Policy } from '../../core/policy.js'
import type { BudgetSpec } from '../../core/policy-schema.js'

/**
 * The budget that a trained policy is paced by: the one that the policy names already, else the first with an end to plan for,
 * else the first that refills.
 * @throws InputError where no budget can be paced, with the reason for each.
 */
export function pacedBudget({ file }: Policy): BudgetSpec {
  const { selector, budgets } = file
  const able = budgets.filter((budget) => pacingProblem(budget) === undefined)
  const named = selector.kind === 'paced' ? able.find(({ id }) => id === selector.budget) : undefined
  const found = named ?? able.find(({ window }) => window.kind === 'fixed') ?? able[0]
  if (found !== undefined) return found
  throw new InputError(
    '--selector paced needs a budget to pace by: a fixed, sliding or tokenBucket window that many requests share',
    budgets.map((budget) => ({ path: `budgets ${budget.id}`, message: pacingProblem(budget) ?? '' })),
  )
}
