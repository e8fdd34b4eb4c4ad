import type { PoolAudit, PoolName } from '../../core/budget/audit.js'
import type { BudgetHint } from '../../core/budget/budget-hint.js'
import type { Budget } from '../../core/budget/budget.js'
import type { PoolClaim } from '../../core/budget/claims.js'
import type { EndAnswer, Ending } from '../../core/budget/ledger.js'
import type {
  BudgetStore,
  Stamped,
  StoreAdmission,
  StoreAdmitRequest,
  StoreOptions,
  StoreState,
} from '../store.js'
import { createDueQueue } from './due-queue.js'
import { SqliteLedger, WrongUse } from './sqlite-ledger.js'
import { createTransactions } from './sqlite-transactions.js'

export interface SqliteStoreOptions {
  /** How long an operation waits while other processes write, before it fails with a StoreError. Default 5 s. */
  readonly busyTimeoutMs?: number
  /** How long an ended reservation is remembered: settling it again is answered `duplicate`, its line stands in the audit. Default 35 days. */
  readonly rememberMs?: number
}

export { StoreError } from '../store.js'

const DAY_MS = 86_400_000

type Expired = Stamped<{ readonly id: string; readonly chargedNanoUsd: number }>

/**
 * The ledger in one SQLite file, for the processes of one machine. Each operation is one transaction that is on the disk
 * before it is answered: a process may be killed at any moment, and no money is lost or counted twice. What a killed process
 * held expires like every reservation. The file must lie on a local disk: SQLite's write-ahead log needs memory that its
 * processes share.
 * @throws RangeError for options out of range. Opening the file is part of the first operation.
 */
export function sqliteStore(
  path: string,
  { busyTimeoutMs = 5000, rememberMs = 35 * DAY_MS }: SqliteStoreOptions = {},
): BudgetStore {
  checkAtLeast('busyTimeoutMs', busyTimeoutMs, 0)
  checkAtLeast('rememberMs', rememberMs, 1)
  return new SqliteStore(path, busyTimeoutMs, rememberMs)
}

class SqliteStore implements BudgetStore {
  readonly shared = true
  readonly #transactions
  /** Reservations that this process admitted and did not end, and when they are due. */
  readonly #own = new Set<string>()
  readonly #due = createDueQueue<string>()
  #options: StoreOptions | undefined

  constructor(path: string, busyTimeoutMs: number, rememberMs: number) {
    this.#transactions = createTransactions({
      path,
      busyTimeoutMs,
      connect: (db) => new SqliteLedger(db, rememberMs),
    })
  }

  async start(options: StoreOptions): Promise<void> {
    if (this.#options !== undefined)
      throw new TypeError('the store already serves a router: give each router its own')
    this.#options = options
    if (!(await this.#transactions.read((ledger) => ledger.wouldChange(options.budgets)))) return
    await this.#transactions.write((ledger) => {
      ledger.start(options.budgets, wholeTime(options.now()))
      return () => undefined
    })
  }

  admit(request: StoreAdmitRequest): Promise<Stamped<StoreAdmission>> {
    return this.#operate((ledger, at) => {
      const answer = ledger.admit(request, at)
      return () => {
        if (answer.kind === 'admitted' && !this.#own.has(request.id)) {
          this.#own.add(request.id)
          this.#due.add(at, request.ttlMs, request.id)
        }
        return answer
      }
    })
  }

  end(id: string, ending: Omit<Ending, 'at'>): Promise<Stamped<EndAnswer>> {
    return this.#operate((ledger, at) => {
      const { answer, returned } = ledger.end(id, { ...ending, at })
      return () => {
        this.#own.delete(id)
        if (returned.length > 0) this.#started().onReturned(returned)
        return answer
      }
    })
  }

  use(pool: PoolClaim): Promise<BudgetHint> {
    const now = wholeTime(this.#started().now())
    return this.#transactions.read((ledger) => ledger.use(pool, now))
  }

  configure(budgets: readonly Budget[]): Promise<Stamped<object>> {
    return this.#operate((ledger, at) => {
      ledger.configure(budgets, at)
      return () => ({})
    })
  }

  save(): Promise<StoreState> {
    return this.#transactions.read((ledger) => ledger.save())
  }

  audit(pool: PoolName): Promise<PoolAudit> {
    return this.#transactions.read((ledger) => ledger.audit(pool))
  }

  close(): void {
    this.#transactions.close()
  }

  #started(): StoreOptions {
    if (this.#options === undefined)
      throw new TypeError('the store must be started by createRouter before it is used')
    return this.#options
  }

  async #operate<Answer extends object>(
    act: (ledger: SqliteLedger, at: number) => () => Answer,
  ): Promise<Stamped<Answer>> {
    const { now, onExpired } = this.#started()
    return this.#transactions.write((ledger) => {
      const moment = ledger.tick(wholeTime(now()))
      const { at } = moment
      const expired = this.#expired(ledger, at)
      let { seq } = moment
      let finish: () => Answer
      try {
        finish = act(ledger, at)
      } catch (error) {
        if (!(error instanceof WrongUse)) throw error
        seq--
        finish = () => {
          throw error.cause
        }
      }
      ledger.tock(moment, seq)
      return () => {
        expired.forEach(onExpired)
        return { ...finish(), seq, at }
      }
    })
  }

  /**
   * Own reservations whose time was up, whichever process noticed it first. Should the disk fail in this very operation nobody
   * is told of them; the router's own clock notices as well.
   */
  #expired(ledger: SqliteLedger, at: number): Expired[] {
    const expired: Expired[] = []
    for (let id = this.#due.take(at); id !== undefined; id = this.#due.take(at)) {
      if (!this.#own.delete(id)) continue
      const row = ledger.find(id, at)
      if (row?.status !== 'expired' || row.ended_at === null || row.expired_seq === null) continue
      expired.push({ id, chargedNanoUsd: row.charged, seq: row.expired_seq, at: row.ended_at })
    }
    return expired
  }
}

/** Of all processes' clocks: one that is wrong must not spoil the file for the others. */
function wholeTime(now: number): number {
  if (!Number.isFinite(now)) throw new RangeError(`now must give epoch milliseconds, got ${now}`)
  return Math.floor(now)
}

function checkAtLeast(option: string, value: number, least: number): void {
  if (!(value >= least)) throw new RangeError(`${option} must be at least ${least}, got ${value}`)
}
