import { ENDS, FLAG_DEFERRED, FLAG_DOWNGRADED, FLAG_TRUNCATED, type Steps } from '../replay/steps.js'
import type { RunMetrics } from './result.js'

const SERVED = ENDS.indexOf('served')
const REJECTED = ENDS.indexOf('rejected')
const UNRESOLVED = ENDS.indexOf('unresolved')
const UNANSWERED = ENDS.indexOf('unanswered')

export type StepCounts = Pick<
  RunMetrics,
  'offered' | 'served' | 'downgraded' | 'truncated' | 'deferred' | 'rejected' | 'unresolved'
>

/** Requests without an answer since every call of them broke off or failed: only where faults are injected. */
export function unansweredCount({ end }: Steps): number {
  return end.reduce((count, one) => count + (one === UNANSWERED ? 1 : 0), 0)
}

/**
 * How requests ended: served + rejected + unresolved (+ unanswered, under faults) = offered. Downgraded and truncated are parts of served; deferred
 * counts those that ever waited, however they ended.
 */
export function stepCounts(steps: Steps): StepCounts {
  const ends = [0, 0, 0]
  let downgraded = 0
  let truncated = 0
  let deferred = 0
  for (let row = 0; row < steps.size; row++) {
    const end = steps.end[row] ?? 0
    const flags = steps.flags[row] ?? 0
    ends[end] = (ends[end] ?? 0) + 1
    if (end === SERVED && (flags & FLAG_DOWNGRADED) !== 0) downgraded++
    if (end === SERVED && (flags & FLAG_TRUNCATED) !== 0) truncated++
    if ((flags & FLAG_DEFERRED) !== 0) deferred++
  }
  return {
    offered: steps.size,
    served: ends[SERVED] ?? 0,
    downgraded,
    truncated,
    deferred,
    rejected: ends[REJECTED] ?? 0,
    unresolved: ends[UNRESOLVED] ?? 0,
  }
}
