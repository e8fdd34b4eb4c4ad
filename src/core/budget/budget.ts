import { nanoUsd } from '../money.js'
import type { BudgetSpec, WindowSpec } from '../policy-schema.js'
import { PRIORITIES } from '../request.js'
import { escapeLabel, SHARED_POOL } from './pool-label.js'

/** Part of a cap kept for important work: below `minPriority` a request sees that much less headroom. */
export interface PriorityReserve {
  readonly share: number
  /** Index into PRIORITIES. */
  readonly minPriority: number
  /** Opens in step with the window's time, so that nothing is stranded at its end. */
  readonly linearRelease: boolean
}

/** One entry of the policy's `budgets`, money in nano-dollars. */
export interface Budget {
  readonly id: string
  /** Names of the labels that make its pools; empty for a `request` budget. */
  readonly labels: readonly string[]
  /** A counter in the run and never a stored pool. */
  readonly perRequest: boolean
  readonly capNanoUsd: number
  readonly overrides: ReadonlyMap<string, number>
  readonly reserve: PriorityReserve | undefined
  readonly softNanoUsd: number | undefined
  readonly window: WindowSpec
  readonly onMissingLabel: BudgetSpec['onMissingLabel']
}

export function compileBudget(spec: BudgetSpec): Budget {
  const labels = typeof spec.scope === 'string' ? [spec.scope] : spec.scope
  const perRequest = labels[0] === 'request'
  return {
    id: spec.id,
    labels: perRequest ? [] : labels,
    perRequest,
    capNanoUsd: nanoUsd(spec.window.kind === 'tokenBucket' ? spec.window.capacity : (spec.maxBudget ?? 0)),
    overrides: new Map(
      Object.entries(spec.overrides).map(([label, cap]) => [overriddenPool(label, labels), nanoUsd(cap)]),
    ),
    reserve:
      spec.priorityReserve === undefined
        ? undefined
        : {
            share: spec.priorityReserve.share,
            minPriority: PRIORITIES.indexOf(spec.priorityReserve.minPriority),
            linearRelease: spec.priorityReserve.release === 'linear',
          },
    softNanoUsd: spec.softBudget === undefined ? undefined : nanoUsd(spec.softBudget),
    window: spec.window,
    onMissingLabel: spec.onMissingLabel,
  }
}

/** With one label its text stands for itself; several are joined by `/`, their own signs escaped as in the pool's label. */
function overriddenPool(label: string, labels: readonly string[]): string {
  return labels.length > 1 || label === SHARED_POOL ? label : escapeLabel(label)
}
