import type { LogTable } from '../../src/core/log-table.js'
import { CAPS, WINDOW_MINUTES, type WindowKind } from './azure-policy.js'

/** What budgets held without reservations come to on a log. */
export interface Control {
  readonly refused: number
  /** Pool-windows (of kinds without bounds: pools) whose spend passed the cap. */
  readonly over: number
  /** The largest overshoot, and the one that is the largest part of its cap. */
  readonly maxOverUsd: number
  readonly maxOverShare: number
}

const WINDOW_MS = WINDOW_MINUTES * 60_000

/** What a pool counts as spent at a time, with charges in the order of time. */
interface Counter {
  used(at: number): number
  charge(amount: number, at: number): void
}

/**
 * The accounting of gateways that count afterwards, a control and no part of the product: a request is let through where
 * `spent < cap` in each of its pools, nothing is held while it runs, and its cost is charged when it ends.
 */
export function checkThenCharge(table: LogTable, kind: WindowKind): Control {
  const caps = [CAPS[kind].user * 1e9, CAPS[kind].org * 1e9]
  const counters = ['user', 'org'].map((label, index) =>
    (table.labels[label]?.values ?? []).map(() => createCounter(kind, caps[index] ?? 0)),
  )
  const codes = ['user', 'org'].map((label) => table.labels[label]?.codes ?? new Int32Array(table.size))
  const poolsOf = (row: number): readonly Counter[] =>
    counters.flatMap((pools, index) => pools[codes[index]?.[row] ?? 0] ?? [])
  const costs = table.outcomes[0]?.costNanoUsd ?? new Float64Array(table.size)
  const latencies = table.outcomes[0]?.latencyMs ?? new Float64Array(table.size)
  const over = new Map<string, { nanoUsd: number; share: number }>()
  const inFlight: { readonly row: number; readonly at: number }[] = []
  const complete = (row: number, at: number): void =>
    poolsOf(row).forEach((pool, index) => {
      pool.charge(costs[row] ?? 0, at)
      const cap = caps[index] ?? 0
      const excess = pool.used(at) - cap
      const key = `${index} ${codes[index]?.[row]} ${kind === 'fixed' ? Math.floor(at / WINDOW_MS) : ''}`
      if (excess > (over.get(key)?.nanoUsd ?? 0)) over.set(key, { nanoUsd: excess, share: excess / cap })
    })
  let refused = 0
  for (let row = 0; row < table.size; row++) {
    const at = table.at[row] ?? 0
    for (let next = inFlight.at(-1); next !== undefined && next.at <= at; next = inFlight.at(-1)) {
      inFlight.pop()
      complete(next.row, next.at)
    }
    if (poolsOf(row).some((pool, index) => pool.used(at) >= (caps[index] ?? 0))) refused++
    else insert(inFlight, { row, at: at + (latencies[row] ?? 0) })
  }
  for (const { row, at } of inFlight.reverse()) complete(row, at)
  const excesses = [...over.values()]
  return {
    refused,
    over: excesses.length,
    maxOverUsd: Math.max(0, ...excesses.map(({ nanoUsd }) => nanoUsd)) / 1e9,
    maxOverShare: Math.max(0, ...excesses.map(({ share }) => share)),
  }
}

/** Latest first, so that the next one is the last. */
function insert<Item extends { readonly at: number }>(due: Item[], item: Item): void {
  let place = due.length
  while (place > 0 && (due[place - 1]?.at ?? Infinity) < item.at) place--
  due.splice(place, 0, item)
}

/** By the exact definition of each window: nothing of the ledger's. */
function createCounter(kind: WindowKind, cap: number): Counter {
  switch (kind) {
    case 'fixed':
      return fixedCounter()
    case 'sliding':
      return slidingCounter()
    case 'tokenBucket':
      return bucketCounter(cap / WINDOW_MS)
    case 'lifetime': {
      let spent = 0
      return { used: () => spent, charge: (amount) => void (spent += amount) }
    }
  }
}

function fixedCounter(): Counter {
  let window = -1
  let spent = 0
  const used = (at: number): number => {
    if (Math.floor(at / WINDOW_MS) !== window) spent = 0
    window = Math.floor(at / WINDOW_MS)
    return spent
  }
  return { used, charge: (amount, at) => void (spent = used(at) + amount) }
}

function slidingCounter(): Counter {
  const charges: { readonly at: number; readonly amount: number }[] = []
  let oldest = 0
  let spent = 0
  return {
    used(at) {
      for (
        let first = charges[oldest];
        first !== undefined && first.at <= at - WINDOW_MS;
        first = charges[oldest]
      ) {
        spent -= first.amount
        oldest++
      }
      return spent
    },
    charge(amount, at) {
      charges.push({ at, amount })
      spent += amount
    },
  }
}

/** Spent and not yet refilled. */
function bucketCounter(rate: number): Counter {
  let missing = 0
  let since = 0
  const used = (at: number): number => {
    missing = Math.max(0, missing - rate * (at - since))
    since = at
    return missing
  }
  return { used, charge: (amount, at) => void (missing = used(at) + amount) }
}
