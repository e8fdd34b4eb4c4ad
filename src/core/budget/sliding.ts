import { durationMs } from '../duration.js'
import { add, createPoolRows, endInRow, holdInRow, notePeak, openRow } from './pool-rows.js'
import type { Pools, PoolsState, Used } from './pools.js'
import type { WindowSpec } from '../policy-schema.js'

/**
 * A window that moves with time, in buckets. A bucket counts whole until it has left entirely, so this never admits what
 * the exact window would refuse. One bucket more than the window has is alive at any time: the one that is leaving.
 * A refund goes to the bucket of its admission, if that still exists.
 */
export function createSlidingPools(
  window: Extract<WindowSpec, { kind: 'sliding' }>,
  state?: PoolsState,
): Pools {
  const live = window.buckets + 1
  /** Rounded up to whole milliseconds: the window may only be longer than asked for, never shorter. */
  const width = Math.ceil(durationMs(window.budgetDuration) / window.buckets)
  const rows = state?.rows ?? createPoolRows()
  const own = (state?.own as Columns | undefined) ?? {
    rowOf: [],
    newest: [],
    spent: newRing(),
    held: newRing(),
  }
  const bucketOf = (at: number): number => Math.floor(at / width)

  /** What of a ring's total is still alive at `at`: buckets that have left since its newest one are taken off. */
  const alive = (ring: Ring, row: number, at: number): number => {
    const newest = own.newest[row] as number
    const oldestNow = bucketOf(at) - window.buckets
    if (oldestNow > newest) return 0
    let total = ring.total[row] as number
    for (let bucket = newest - window.buckets; bucket < oldestNow; bucket++) {
      total -= ring.buckets[row * live + mod(bucket, live)] as number
    }
    return total
  }
  const usedOf = (account: number, at: number): Used => {
    const row = own.rowOf[account] ?? -1
    return row < 0
      ? { spent: 0, held: 0 }
      : { spent: alive(own.spent, row, at), held: alive(own.held, row, at) }
  }
  const usedSum = (account: number, at: number): number => {
    const row = own.rowOf[account] ?? -1
    return row < 0 ? 0 : alive(own.spent, row, at) + alive(own.held, row, at)
  }
  const newRow = (account: number, at: number): number => {
    while (own.rowOf.length <= account) own.rowOf.push(-1)
    own.newest.push(bucketOf(at))
    for (const ring of [own.spent, own.held]) {
      ring.total.push(0)
      for (let i = 0; i < live; i++) ring.buckets.push(0)
    }
    return (own.rowOf[account] = openRow(rows, account, at, null))
  }
  /** Moves the ring on: buckets that have left are emptied for their new time. */
  const open = (account: number, at: number): number => {
    const known = own.rowOf[account] ?? -1
    const row = known < 0 ? newRow(account, at) : known
    const bucket = bucketOf(at)
    const newest = own.newest[row] as number
    if (bucket <= newest) return row
    for (const ring of [own.spent, own.held]) {
      for (let next = Math.max(newest + 1, bucket - window.buckets); next <= bucket; next++) {
        const index = row * live + mod(next, live)
        add(ring.total, row, -(ring.buckets[index] as number))
        ring.buckets[index] = 0
      }
    }
    own.newest[row] = bucket
    return row
  }
  const slot = (row: number, admittedAt: number): number => {
    const bucket = bucketOf(admittedAt)
    return bucket < (own.newest[row] as number) - window.buckets ? -1 : row * live + mod(bucket, live)
  }
  const put = (ring: Ring, row: number, index: number, amount: number): void => {
    add(ring.buckets, index, amount)
    add(ring.total, row, amount)
  }

  return {
    rows,
    free: (account, capNanoUsd, at) => capNanoUsd - usedSum(account, at),
    ahead: () => 1,
    bounds: () => null,
    hold(account, capNanoUsd, amount, at) {
      const row = open(account, at)
      holdInRow(rows, row, capNanoUsd, amount)
      put(own.held, row, slot(row, at), amount)
      return row
    },
    end(row, admittedAt, held, charged) {
      endInRow(rows, row, held, charged)
      const index = slot(row, admittedAt)
      if (index < 0) return
      put(own.held, row, index, -held)
      put(own.spent, row, index, charged)
      notePeak(rows, row, own.spent.total[row] as number)
    },
    refund(row, admittedAt, amount) {
      add(rows.spent, row, -amount)
      const index = slot(row, admittedAt)
      if (index >= 0) put(own.spent, row, index, -amount)
    },
    earliest(account, capNanoUsd, amount, at) {
      if (amount > capNanoUsd) return null
      const row = own.rowOf[account] ?? -1
      let excess = usedSum(account, at) + amount - capNanoUsd
      let bucket = bucketOf(at)
      for (; excess > 0; bucket++) {
        const leaving = row * live + mod(bucket - window.buckets, live)
        excess -= (own.spent.buckets[leaving] as number) + (own.held.buckets[leaving] as number)
      }
      return Math.max(at, bucket * width)
    },
    used: usedOf,
    carry(account, capNanoUsd, carried, at) {
      const row = open(account, at)
      holdInRow(rows, row, capNanoUsd, carried.held)
      add(rows.spent, row, carried.spent)
      put(own.held, row, slot(row, at), carried.held)
      put(own.spent, row, slot(row, at), carried.spent)
      notePeak(rows, row, own.spent.total[row] as number)
      return row
    },
    save: () => ({ rows, own: { ...own } }),
  }
}

/** Buckets of all rows, one ring of `buckets + 1` after the other, and each ring's sum. */
interface Ring {
  readonly buckets: number[]
  readonly total: number[]
}

interface Columns extends Record<string, unknown> {
  /** Row by account, -1 = none yet. */
  readonly rowOf: number[]
  /** Newest bucket number by row: its ring holds this one and the `buckets` before it. */
  readonly newest: number[]
  readonly spent: Ring
  readonly held: Ring
}

function newRing(): Ring {
  return { buckets: [], total: [] }
}

function mod(value: number, by: number): number {
  const rest = value % by
  return rest < 0 ? rest + by : rest
}
