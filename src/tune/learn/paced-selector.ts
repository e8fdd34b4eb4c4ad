import type { Policy } from '../../core/policy.js'
import type { BudgetSpec } from '../../core/policy-schema.js'

/** A paced selector at a new cost weight; the pace that a policy has already stays, and so does its profile where the log tells none. */
export function pacedSelector(
  { file }: Policy,
  { id: budget, window }: BudgetSpec,
  costWeight: number,
  profile: readonly number[] | undefined,
): object {
  const before = file.selector.kind === 'paced' && file.selector.budget === budget ? file.selector : undefined
  const known = profile ?? (window.kind === 'fixed' ? before?.profile : undefined)
  return {
    kind: 'paced',
    budget,
    costWeight,
    ...(before?.pace === undefined ? {} : { pace: before.pace }),
    ...(known === undefined ? {} : { profile: known }),
  }
}
