import { createDeferralQueue, poolKey } from '../core/deferral-queue.js'
import { PRIORITIES } from '../core/request.js'
import type { Phase, Run } from '../core/run.js'

/** Deferred `run`s that sleep until their time, or until money comes back to the pool that refused them. */
export interface Waiters {
  wait(phase: Extract<Phase, { kind: 'deferred' }>, run: Run, now: number): Promise<void>
  wake(pools: readonly string[]): void
  /** Ends all waits at once. */
  close(): void
}

/** Node's longest timer; a longer wait is slept in parts. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

export function createWaiters(): Waiters {
  const queue = createDeferralQueue<() => void>()
  const sleeping = new Set<() => void>()
  return {
    wait: (phase, run, now) =>
      new Promise((resolve) => {
        const pool = poolKey(phase.bindingPool)
        const end = (): void => {
          clearTimeout(timer)
          queue.remove(pool, end)
          sleeping.delete(end)
          resolve()
        }
        const timer = setTimeout(end, Math.min(LONGEST_TIMER_MS, Math.max(0, phase.wakeAt - now)))
        queue.add(pool, {
          item: end,
          priority: PRIORITIES.indexOf(run.context.request.priority),
          since: run.deferredSince,
        })
        sleeping.add(end)
      }),
    wake(pools) {
      for (const pool of pools) queue.first(pool)?.item()
    },
    close() {
      for (const end of sleeping) end()
    },
  }
}
