import { durationMs } from '../duration.js'
import { add, at as read, beginPool, endInPool, holdInPool, notePeak, OWN, SPENT } from './pool-record.js'
import type { Used, Window } from './window.js'
import type { WindowSpec } from '../policy-schema.js'

type SlidingSpec = Extract<WindowSpec, { kind: 'sliding' }>

/** Newest bucket number: the record holds this bucket and the `buckets` before it. */
const NEWEST = OWN
/** Sums over the buckets. */
const TOTAL_SPENT = OWN + 1
const TOTAL_HELD = OWN + 2
/** A ring of pairs, spent and held of a bucket; bucket n stands at n modulo their number. */
const RING = OWN + 3

/**
 * A window that moves with time, in buckets. A bucket counts whole until it has left entirely, so this never admits what
 * the exact window would refuse. One bucket more than the window has is alive at any time: the one that is leaving.
 * A refund goes to the bucket of its admission, if that still exists.
 */
export function createSlidingWindow(spec: SlidingSpec): Window {
  const { buckets } = spec
  const live = buckets + 1
  const width = bucketWidthMs(spec)
  const bucketOf = (at: number): number => Math.floor(at / width)
  const pairOf = (p: number, bucket: number): number => p + RING + 2 * mod(bucket, live)

  /** Spent and held of what is still alive at `at`: buckets that have left since the newest one are taken off. */
  const usedSum = (data: Float64Array, p: number, at: number): number => {
    const newest = read(data, p + NEWEST)
    const oldest = bucketOf(at) - buckets
    if (oldest > newest) return 0
    let total = read(data, p + TOTAL_SPENT) + read(data, p + TOTAL_HELD)
    for (let bucket = newest - buckets; bucket < oldest; bucket++) {
      const pair = pairOf(p, bucket)
      total -= read(data, pair) + read(data, pair + 1)
    }
    return total
  }
  const used = (data: Float64Array, p: number, at: number): Used => {
    const newest = read(data, p + NEWEST)
    const oldest = bucketOf(at) - buckets
    if (oldest > newest) return { spent: 0, held: 0 }
    let spent = read(data, p + TOTAL_SPENT)
    let held = read(data, p + TOTAL_HELD)
    for (let bucket = newest - buckets; bucket < oldest; bucket++) {
      spent -= read(data, pairOf(p, bucket))
      held -= read(data, pairOf(p, bucket) + 1)
    }
    return { spent, held }
  }
  /** Moves the ring on: buckets that have left are emptied for their new time. */
  const moveOn = (data: Float64Array, p: number, at: number): void => {
    const bucket = bucketOf(at)
    const newest = read(data, p + NEWEST)
    for (let next = Math.max(newest + 1, bucket - buckets); next <= bucket; next++) {
      const pair = pairOf(p, next)
      add(data, p + TOTAL_SPENT, -read(data, pair))
      add(data, p + TOTAL_HELD, -read(data, pair + 1))
      data[pair] = 0
      data[pair + 1] = 0
    }
    if (bucket > newest) data[p + NEWEST] = bucket
  }
  /** Where the bucket of a time stands, -1 if it has left. */
  const find = (data: Float64Array, p: number, time: number): number => {
    const bucket = bucketOf(time)
    return bucket < read(data, p + NEWEST) - buckets ? -1 : pairOf(p, bucket)
  }
  const put = (data: Float64Array, p: number, pair: number, spent: number, held: number): void => {
    add(data, pair, spent)
    add(data, pair + 1, held)
    add(data, p + TOTAL_SPENT, spent)
    add(data, p + TOTAL_HELD, held)
  }

  return {
    stride: RING + 2 * live,
    free: (data, p, capNanoUsd, at) => capNanoUsd - usedSum(data, p, at),
    used,
    isOver: () => false,
    begin(data, p, { at }) {
      beginPool(data, p, at, Infinity)
      data[p + NEWEST] = bucketOf(at)
    },
    hold(data, p, capNanoUsd, amount, at) {
      moveOn(data, p, at)
      holdInPool(data, p, capNanoUsd, amount)
      put(data, p, pairOf(p, bucketOf(at)), 0, amount)
    },
    end(data, p, { admittedAt, held, charged }) {
      endInPool(data, p, held, charged)
      const pair = find(data, p, admittedAt)
      if (pair < 0) return
      put(data, p, pair, charged, -held)
      notePeak(data, p, read(data, p + TOTAL_SPENT))
    },
    refund(data, p, { admittedAt, amount }) {
      add(data, p + SPENT, -amount)
      const pair = find(data, p, admittedAt)
      if (pair >= 0) put(data, p, pair, -amount, 0)
    },
    charge(data, p, amount, at) {
      moveOn(data, p, at)
      add(data, p + SPENT, amount)
      put(data, p, pairOf(p, bucketOf(at)), amount, 0)
      notePeak(data, p, read(data, p + TOTAL_SPENT))
    },
    earliest(data, p, { capNanoUsd, amount, at }) {
      if (amount > capNanoUsd) return null
      let excess = p < 0 ? 0 : usedSum(data, p, at) + amount - capNanoUsd
      let bucket = bucketOf(at)
      for (; excess > 0; bucket++) {
        const leaving = pairOf(p, bucket - buckets)
        excess -= read(data, leaving) + read(data, leaving + 1)
      }
      return Math.max(at, bucket * width)
    },
    ahead: () => 1,
    bounds: () => null,
  }
}

/** Rounded up to whole milliseconds: the window may only be longer than asked for, never shorter. */
export function bucketWidthMs({ budgetDuration, buckets }: SlidingSpec): number {
  return Math.ceil(durationMs(budgetDuration) / buckets)
}

/** Floored, and exact below 2^53; `%` of doubles is a call into the C library. */
function mod(value: number, by: number): number {
  return value - by * Math.floor(value / by)
}
