import type { Budget } from '../../../core/budget/budget.js'
import type { WindowBounds } from '../../../core/budget/calendar.js'
import type { PoolClaim } from '../../../core/budget/claims.js'
import { createWindow } from '../../../core/budget/index.js'
import { bucketWidthMs } from '../../../core/budget/sliding.js'
import { refillRate } from '../../../core/budget/token-bucket.js'
import type { Window } from '../../../core/budget/window.js'
import { sha256Hex } from '../../../core/content-hash.js'
import { durationMs } from '../../../core/duration.js'
import { nanoUsd } from '../../../core/money.js'
import type { WindowSpec } from '../../../core/policy-schema.js'
import { KIND_NUMBERS } from './scripts.js'

/** A budget as the ledger keeps it. Caps are arguments of each admission and stand nowhere. */
export interface SlotDefinition {
  readonly id: string
  readonly scope: string
  readonly window: WindowSpec
}

/** A kind and the kind's two figures: what a record needs of its budget. */
export interface KindOfRecord {
  readonly kind: number
  /** Left out where it is infinite. */
  readonly a?: number
  readonly b?: number
}

/** The windows of a ledger's budgets as they stand in Redis, with the version that says whether they still do. */
export interface Definitions {
  readonly version: string
  /** As stored. */
  readonly text: string
  readonly slots: readonly SlotDefinition[]
  /** A budget's place among them. @throws RangeError where there is no such budget. */
  slotOf(budgetId: string): number
  kindOf(slot: number): KindOfRecord
  /** Whether its windows have bounds in a calendar. */
  isCalendar(slot: number): boolean
  /** The windows that hold a time as JSON, slot by slot, in the order in which `lua/record.ts` names their figures. */
  windowsAt(at: number): string
  /** They say of each of these budgets what it says of itself. */
  cover(budgets: readonly Budget[]): boolean
  /** Each of these claims has a budget here. */
  know(claims: readonly PoolClaim[]): boolean
}

export function definitionsOf(budgets: readonly Budget[]): Definitions {
  return definitionsFrom(JSON.stringify(budgets.filter(({ perRequest }) => !perRequest).map(slotDefinition)))
}

function slotDefinition({ id, labels, window }: Budget): SlotDefinition {
  return { id, scope: labels.join('/'), window }
}

export function definitionsFrom(text: string): Definitions {
  const slots = JSON.parse(text) as readonly SlotDefinition[]
  const places = new Map(slots.map(({ id }, slot) => [id, slot]))
  const kinds = slots.map(({ window }) => kindOfRecord(window))
  const windows: Window[] = slots.map(({ window }) => createWindow(window))
  let [windowsText, from, until] = ['', Infinity, -Infinity]
  const same = (budget: Budget): boolean =>
    JSON.stringify(slots[places.get(budget.id) ?? -1]) === JSON.stringify(slotDefinition(budget))
  return {
    version: sha256Hex(text).slice(0, 16),
    text,
    slots,
    slotOf(budgetId) {
      const slot = places.get(budgetId)
      if (slot === undefined)
        throw new RangeError(`budgetId must be one of the ledger's budgets, got ${budgetId}`)
      return slot
    },
    kindOf: (slot) => kinds[slot] as KindOfRecord,
    isCalendar: (slot) => slots[slot]?.window.kind === 'fixed',
    windowsAt(at) {
      if (at >= from && at < until) return windowsText
      const bounds = windows.map((window) => window.bounds(at))
      from = Math.max(...bounds.map((known) => known?.start ?? -Infinity))
      until = Math.min(...bounds.map((known) => known?.end ?? Infinity))
      windowsText = JSON.stringify(bounds.map((known, slot) => figuresOf(known, kinds[slot] as KindOfRecord)))
      return windowsText
    },
    cover: (budgets) => budgets.every((budget) => budget.perRequest || same(budget)),
    know: (claims) => claims.every(({ budgetId }) => places.has(budgetId)),
  }
}

/** Lua's nil ends a list. */
const NONE = false

function figuresOf(bounds: WindowBounds | null, { kind, a, b }: KindOfRecord): (number | typeof NONE)[] {
  return [bounds?.start ?? NONE, bounds?.end ?? NONE, bounds?.index ?? NONE, kind, a ?? NONE, b ?? NONE]
}

function kindOfRecord(window: WindowSpec): KindOfRecord {
  const kind = KIND_NUMBERS[window.kind]
  switch (window.kind) {
    case 'fixed':
      return { kind, a: window.rollover === undefined ? 0 : nanoUsd(window.rollover.maxUsd) }
    case 'sliding':
      return { kind, a: bucketWidthMs(window), b: window.buckets }
    case 'tokenBucket': {
      const { nano, ms } = refillRate(window)
      return { kind, a: nano, b: ms }
    }
    case 'lifetime':
      return window.forgetAfter === undefined ? { kind } : { kind, a: durationMs(window.forgetAfter) }
  }
}
