import { createDeferralQueue, poolKey } from '../core/deferral-queue.js'
import { PRIORITIES } from '../core/request.js'
import type { Phase, Run } from '../core/run.js'

/** Deferred `run`s that sleep until their time, or until money comes back to the pool that refused them. */
export interface Waiters {
  /** `asked` is `moment()` of before the ledger was asked: money that came back since ends the wait at once. */
  wait(
    phase: Extract<Phase, { kind: 'deferred' }>,
    run: Run,
    times: { readonly now: number; readonly asked: number; readonly shared: boolean },
  ): Promise<void>
  /** The first waiter of each of these pools may ask again. */
  wake(pools: readonly string[]): void
  /** Money came back to these pools: wakes, and is remembered for those who are about to wait. */
  returned(pools: readonly string[]): void
  /** Counts returns: two moments are equal where nothing came back between them. */
  moment(): number
  /** Ends all waits at once. */
  close(): void
}

/** Where other processes use the store nobody tells of money that comes back: waiters ask again after so long. */
const ASK_AGAIN_MS = 1000

const REMEMBERED_POOLS = 10_000

/** Node's longest timer; a longer wait is slept in parts. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

export function createWaiters(): Waiters {
  const queue = createDeferralQueue<() => void>()
  const sleeping = new Set<() => void>()
  const lastReturn = new Map<string, number>()
  let returns = 0
  /** What is remembered of pools that were dropped from the list: the later time, so that nobody sleeps through a return. */
  let forgotten = 0
  const wake = (pools: readonly string[]): void => {
    for (const pool of pools) queue.first(pool)?.item()
  }
  return {
    wait: (phase, run, { now, asked, shared }) =>
      new Promise((resolve) => {
        const pool = poolKey(phase.bindingPool)
        if ((lastReturn.get(pool) ?? forgotten) > asked) {
          resolve()
          return
        }
        const end = (): void => {
          clearTimeout(timer)
          queue.remove(pool, end)
          sleeping.delete(end)
          resolve()
        }
        const longest = shared ? ASK_AGAIN_MS : LONGEST_TIMER_MS
        const timer = setTimeout(end, Math.min(longest, Math.max(0, phase.wakeAt - now)))
        queue.add(pool, {
          item: end,
          priority: PRIORITIES.indexOf(run.context.request.priority),
          since: run.past.deferredSince,
        })
        sleeping.add(end)
      }),
    wake,
    returned(pools) {
      returns++
      if (lastReturn.size > REMEMBERED_POOLS) {
        lastReturn.clear()
        forgotten = returns
      }
      for (const pool of pools) lastReturn.set(pool, returns)
      wake(pools)
    },
    moment: () => returns,
    close() {
      for (const end of sleeping) end()
    },
  }
}
