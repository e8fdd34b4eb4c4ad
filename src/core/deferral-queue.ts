/**
 * Runs that wait for money, by the pool that refused them: most important first, then the oldest. When money returns to
 * a pool its first waiter is woken; the wake at its own `wakeAt` covers the rest.
 */
export interface DeferralQueue<Item> {
  readonly size: number
  add(pool: string, waiter: Waiter<Item>): void
  remove(pool: string, item: Item): void
  first(pool: string): Waiter<Item> | undefined
}

export interface Waiter<Item> {
  readonly item: Item
  /** Index into PRIORITIES. */
  readonly priority: number
  /** Time of its first deferral, epoch milliseconds. */
  readonly since: number
}

export function createDeferralQueue<Item>(): DeferralQueue<Item> {
  const pools = new Map<string, Waiter<Item>[]>()
  let size = 0
  return {
    get size() {
      return size
    },
    add(pool, waiter) {
      const waiters = pools.get(pool) ?? []
      let low = 0
      let high = waiters.length
      while (low < high) {
        const middle = (low + high) >>> 1
        if (isBefore(waiter, waiters[middle] as Waiter<Item>)) high = middle
        else low = middle + 1
      }
      waiters.splice(low, 0, waiter)
      pools.set(pool, waiters)
      size++
    },
    remove(pool, item) {
      const waiters = pools.get(pool)
      const index = waiters?.findIndex((waiter) => waiter.item === item) ?? -1
      if (waiters === undefined || index < 0) return
      waiters.splice(index, 1)
      if (waiters.length === 0) pools.delete(pool)
      size--
    },
    first: (pool) => pools.get(pool)?.[0],
  }
}

function isBefore<Item>(a: Waiter<Item>, b: Waiter<Item>): boolean {
  return a.priority !== b.priority ? a.priority > b.priority : a.since < b.since
}

/** The key of a pool in the queue. */
export function poolKey(pool: { readonly budgetId: string; readonly label: string }): string {
  return `${pool.budgetId}\u0000${pool.label}`
}
