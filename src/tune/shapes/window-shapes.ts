import type { Policy } from '../../core/policy.js'
import type { BudgetSpec, WindowSpec } from '../../core/policy-schema.js'
import type { PolicyJson, ShapeParts } from './shape.js'

const KINDS = ['fixed', 'sliding', 'tokenBucket'] as const
type Kind = (typeof KINDS)[number]

/**
 * The policy with the windows of its budgets of another kind that lets no more through in any stretch of the window's length: fixed
 * windows and a bucket of the cap that refills once a window allow twice the cap around a boundary, a sliding window allows the
 * cap. Budgets that have no such window (lifetimes, months, carried amounts, floors that open) stay as they are.
 */
export function windowShapes(json: PolicyJson, { file }: Policy): readonly ShapeParts[] {
  return KINDS.flatMap((kind) => {
    const budgets = file.budgets.map((budget) => withWindow(budget, kind))
    const isChanged = budgets.some((budget, index) => budget !== file.budgets[index])
    return isChanged ? [{ name: `${kind} windows`, json: { ...json, budgets } }] : []
  })
}

function withWindow(budget: BudgetSpec, kind: Kind): BudgetSpec {
  const { window, maxBudget, overrides, priorityReserve, ...rest } = budget
  const length = lengthOf(window)
  if (window.kind === kind || length === undefined || priorityReserve?.release === 'linear') return budget
  const cap = window.kind === 'tokenBucket' ? window.capacity : (maxBudget ?? 0)
  const isTwice = window.kind !== 'sliding'
  const isToBeTwice = kind !== 'sliding'
  // From twice to once the cap may stay: it is the stricter one.
  const factor = !isTwice && isToBeTwice ? 0.5 : 1
  const kept = { ...rest, ...(priorityReserve === undefined ? {} : { priorityReserve }) }
  const scaled = Object.fromEntries(Object.entries(overrides).map(([label, usd]) => [label, usd * factor]))
  if (kind === 'tokenBucket') {
    if (Object.keys(overrides).length > 0) return budget
    const capacity = cap * factor
    return {
      ...kept,
      overrides: {},
      window: { kind, capacity, refillRate: { usd: capacity, per: length } },
    }
  }
  return {
    ...kept,
    maxBudget: cap * factor,
    overrides: scaled,
    window:
      kind === 'fixed'
        ? { kind, budgetDuration: length, timeZone: 'UTC' }
        : { kind, budgetDuration: length, buckets: 60 },
  }
}

/** Undefined where the window has no length that every kind can have. */
function lengthOf(window: WindowSpec): string | undefined {
  switch (window.kind) {
    case 'lifetime':
      return undefined
    case 'tokenBucket':
      return window.refillRate.usd === window.capacity ? window.refillRate.per : undefined
    case 'fixed':
      return window.rollover !== undefined || window.budgetDuration.endsWith('mo')
        ? undefined
        : window.budgetDuration
    case 'sliding':
      return window.budgetDuration
  }
}
