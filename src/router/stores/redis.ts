import type { BudgetStore, StoreOptions } from '../store.js'
import type { RedisClient } from './redis/client.js'
import { RedisLedger } from './redis/ledger.js'

export { fromNodeRedis, type NodeRedisClient, type RedisClient } from './redis/client.js'

export interface RedisStoreOptions {
  /** What all keys begin with, in braces: one ledger, one hash slot. Default `tollgate`. */
  readonly prefix?: string
  /** How long any operation may take before it fails with a `StoreError`; default 1000. */
  readonly timeoutMs?: number
  /** How long an ended reservation is remembered, so that settling twice is answered `duplicate`; default 24 hours. */
  readonly rememberMs?: number
  /** The server's clock (default), or a function, for tests. Time never decreases either way. */
  readonly clock?: 'server' | (() => number)
}

const DAY_MS = 86_400_000

export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): BudgetStore {
  const { prefix = 'tollgate', timeoutMs = 1000, rememberMs = DAY_MS, clock = 'server' } = options
  if (/[{}]/.test(prefix)) throw new TypeError(`prefix must have no braces, got ${prefix}`)
  let ledger: RedisLedger | undefined
  const started = (): RedisLedger => {
    if (ledger === undefined)
      throw new TypeError('the store must be started by createRouter before it is used')
    return ledger
  }
  return {
    shared: true,
    async start(store: StoreOptions) {
      if (ledger !== undefined)
        throw new TypeError('the store already serves a router: give each router its own')
      const own = clock === 'server' ? undefined : clock
      const tag = `{${prefix}}`
      ledger = new RedisLedger({ client, tag, timeoutMs, rememberMs, clock: own, store }, store.budgets)
      try {
        await ledger.start()
      } catch (error) {
        // Redis may be there the next time.
        ledger = undefined
        throw error
      }
    },
    admit: (request) => started().admit(request),
    end: (id, ending) => started().end(id, ending),
    configure: (budgets) => started().configure(budgets),
    save: () => started().save(),
    audit: (pool) => started().audit(pool),
    close: () => undefined,
  }
}
