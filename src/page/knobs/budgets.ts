import type { BudgetSpec, WindowSpec } from '../../core/policy-schema.js'
import { aroundAmount, movedNumber, type Knob, type KnobGroup, type Moved } from './knob.js'

type Release = NonNullable<BudgetSpec['priorityReserve']>['release']

const WINDOW_KINDS: readonly { readonly value: WindowSpec['kind']; readonly label: string }[] = [
  { value: 'fixed', label: 'fixed: calendar windows' },
  { value: 'sliding', label: 'sliding: the time just past' },
  { value: 'tokenBucket', label: 'token bucket: refilled steadily' },
  { value: 'lifetime', label: 'lifetime: once and for all' },
]

/** Caps, kinds of window and priority reserves. */
export const BUDGETS: KnobGroup = {
  title: 'Budgets',
  list: ({ budgets }) => budgets.flatMap(budgetKnobs),
  apply: (file, moved) => ({ ...file, budgets: file.budgets.map((budget) => movedBudget(budget, moved)) }),
}

function budgetKnobs(budget: BudgetSpec): Knob[] {
  const { id, window, priorityReserve, overrides } = budget
  const cap = capOf(budget)
  const others = Object.keys(overrides).length
  return [
    {
      kind: 'range',
      id: `cap:${id}`,
      label: window.kind === 'tokenBucket' ? `${id}: capacity` : `${id}: cap`,
      note: others === 0 ? '' : 'Labels with a cap of their own keep it.',
      value: cap,
      ...aroundAmount(cap),
      unit: 'usd',
    },
    ...(window.kind === 'tokenBucket' ? [refillKnob(id, window)] : []),
    ...(budget.scope === 'request' ? [] : [windowKnob(id, window)]),
    ...(priorityReserve === undefined
      ? []
      : [
          {
            kind: 'range' as const,
            id: `reserve:${id}`,
            label: `${id}: priority reserve`,
            note: `Share of the cap that is kept for priority ${priorityReserve.minPriority} and above.`,
            value: priorityReserve.share,
            min: 0,
            max: 0.9,
            scale: 'linear' as const,
            unit: 'share' as const,
          },
        ]),
  ]
}

function refillKnob(id: string, { refillRate }: Extract<WindowSpec, { kind: 'tokenBucket' }>): Knob {
  return {
    kind: 'range',
    id: `refill:${id}`,
    label: `${id}: refill per ${refillRate.per}`,
    note: '',
    value: refillRate.usd,
    ...aroundAmount(refillRate.usd),
    unit: 'usd',
  }
}

function windowKnob(id: string, { kind }: WindowSpec): Knob {
  return {
    kind: 'choice',
    id: `window:${id}`,
    label: `${id}: window`,
    note: '',
    value: kind,
    options: WINDOW_KINDS,
  }
}

function capOf({ maxBudget, window }: BudgetSpec): number {
  return maxBudget ?? (window.kind === 'tokenBucket' ? window.capacity : 0)
}

function movedBudget(budget: BudgetSpec, moved: Moved): BudgetSpec {
  const { maxBudget: _cap, priorityReserve, softBudget, ...rest } = budget
  const cap = movedNumber(moved, `cap:${budget.id}`) ?? capOf(budget)
  const kind = WINDOW_KINDS.find(({ value }) => value === moved[`window:${budget.id}`])?.value
  const window = refilled(
    windowOf(kind ?? budget.window.kind, budget.window, cap),
    moved[`refill:${budget.id}`],
  )
  const share = movedNumber(moved, `reserve:${budget.id}`) ?? priorityReserve?.share
  return {
    ...rest,
    // A warning above the cap would never be given.
    ...(softBudget === undefined ? {} : { softBudget: Math.min(softBudget, cap) }),
    ...(window.kind === 'tokenBucket' ? {} : { maxBudget: cap }),
    window,
    ...(priorityReserve === undefined || share === undefined
      ? {}
      : {
          priorityReserve: { ...priorityReserve, share, release: releaseIn(window, priorityReserve.release) },
        }),
  }
}

/** A reserve that opens towards the end needs windows that end. */
function releaseIn({ kind }: WindowSpec, release: Release): Release {
  return kind === 'fixed' ? release : 'none'
}

function refilled(window: WindowSpec, usd: Moved[string] | undefined): WindowSpec {
  if (window.kind !== 'tokenBucket' || typeof usd !== 'number') return window
  return { ...window, refillRate: { ...window.refillRate, usd } }
}

/** The same cap over the same time in another kind of window; where the old one has no length, a day. */
function windowOf(kind: WindowSpec['kind'], window: WindowSpec, cap: number): WindowSpec {
  if (kind === window.kind) return window.kind === 'tokenBucket' ? { ...window, capacity: cap } : window
  const budgetDuration = lengthOf(window)
  switch (kind) {
    case 'fixed':
      return { kind, budgetDuration, timeZone: 'UTC' }
    case 'sliding':
      return { kind, budgetDuration, buckets: 60 }
    case 'tokenBucket':
      return { kind, capacity: cap, refillRate: { usd: cap, per: budgetDuration } }
    case 'lifetime':
      return { kind }
  }
}

function lengthOf(window: WindowSpec): string {
  switch (window.kind) {
    case 'fixed':
    case 'sliding':
      return window.budgetDuration
    case 'tokenBucket':
      return window.refillRate.per
    case 'lifetime':
      return '1d'
  }
}
