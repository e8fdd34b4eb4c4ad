import type { BudgetStore, StoreOptions } from '../store.js'
import { ScriptRunner, TimeLimit, type RedisClient } from './redis/client.js'
import { LedgersByLabel } from './redis/by-label.js'
import { RedisLedger } from './redis/ledger.js'

export { fromNodeRedis, type NodeRedisClient, type RedisClient } from './redis/client.js'

export interface RedisStoreOptions {
  /** What all keys begin with, in braces: one ledger, one hash slot. Default `tollgate`. */
  readonly prefix?: string
  /** How long any operation may take before it fails with a `StoreError`; default 1000. */
  readonly timeoutMs?: number
  /** How long an ended reservation is remembered, so that settling twice is answered `duplicate`; default 24 hours. */
  readonly rememberMs?: number
  /**
   * For Redis Cluster: a label, such as `org`, whose value goes into the hash tag, so that each value has a ledger in a hash
   * slot of its own. Then the scope of every budget must include it (else an `InputError` says which does not), numbers
   * and times are issued for each value by itself, a reservation is ended by the process that made it, and `save` and
   * `replacePolicy` go from value to value: neither is one atomic step.
   */
  readonly clusterLabel?: string
  /** The server's clock (default), or a function, for tests. Time never decreases either way. */
  readonly clock?: 'server' | (() => number)
}

const DAY_MS = 86_400_000

/**
 * The ledger in Redis (7.0 or newer), for processes on several machines. Each operation is one function and one round trip in
 * which all pools of a request take part or none; the time is the server's and never decreases. Caps are those of each
 * process's own policy; the windows of the budgets are the ledger's: a router that starts with other ones, or gets a new
 * policy, changes them for all.
 *
 * Guaranteed as long as Redis keeps what it acknowledged: with `appendonly yes` and `appendfsync always` a crash forgets
 * nothing; with `everysec` up to a second of charges, and so may a failover to a replica; without persistence everything. A
 * key expires only where nothing is forgotten by it: an ended reservation after `rememberMs`, a record that long after its
 * window has ended (a budget that is changed to longer calendar windows counts the older ones only as long as that). Set
 * `maxmemory-policy noeviction`.
 *
 * An operation that fails or takes longer than `timeoutMs` rejects with a `StoreError`; nothing is known of what became of
 * it, and each may be repeated with the same id. `save` and `audit` read all reservations that are remembered in one step,
 * while which Redis answers nobody else. The client stays the caller's to close.
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): BudgetStore {
  const {
    prefix = 'tollgate',
    timeoutMs = 1000,
    rememberMs = DAY_MS,
    clock = 'server',
    clusterLabel,
  } = options
  if (/[{}]/.test(prefix)) throw new TypeError(`prefix must have no braces, got ${prefix}`)
  let ledger: RedisLedger | LedgersByLabel | undefined
  const started = (): RedisLedger | LedgersByLabel => {
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
      const settings = {
        scripts: new ScriptRunner(client),
        tag,
        limit: new TimeLimit(timeoutMs),
        rememberMs,
        clock: own,
        store,
      }
      ledger =
        clusterLabel === undefined
          ? new RedisLedger(settings, store.budgets)
          : new LedgersByLabel(settings, clusterLabel, store.budgets)
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
    use: (pool) => started().use(pool),
    configure: (budgets) => started().configure(budgets),
    save: () => started().save(),
    audit: (pool) => started().audit(pool),
    close: () => undefined,
  }
}
