import type { PoolAudit, PoolName } from '../../../core/budget/audit.js'
import type { Budget } from '../../../core/budget/budget.js'
import type { EndAnswer, Ending } from '../../../core/budget/ledger.js'
import { InputError } from '../../../core/errors.js'
import { SHARED_POOL } from '../../../core/budget/pool-label.js'
import type { Stamped, StoreAdmission, StoreAdmitRequest, StoreState } from '../../store.js'
import { withinTime } from './client.js'
import { RedisLedger, type LedgerOptions } from './ledger.js'
import { mergedState } from './merged-state.js'
import { SCRIPTS } from './scripts.js'

/** How many reservations' label values a process remembers: an end goes where its admission went. */
const REMEMBERED = 100_000

/** One ledger for each value of a label, each in a hash slot of its own: for Redis Cluster. */
export class LedgersByLabel {
  readonly #options: LedgerOptions
  readonly #label: string
  readonly #ledgers = new Map<string, Promise<RedisLedger>>()
  readonly #homes = new Map<string, string>()
  #budgets: readonly Budget[]

  /** @throws InputError naming each budget whose scope lacks the label. */
  constructor(options: LedgerOptions, label: string, budgets: readonly Budget[]) {
    this.#options = options
    this.#label = label
    this.#budgets = checked(budgets, label)
  }

  async start(): Promise<void> {
    await this.#values()
  }

  async admit(request: StoreAdmitRequest): Promise<Stamped<StoreAdmission>> {
    const value = this.#valueOf(request.plan.pools[0])
    this.#homes.set(request.id, value)
    if (this.#homes.size > REMEMBERED) this.#homes.delete(this.#homes.keys().next().value ?? '')
    return (await this.#ledger(value)).admit(request)
  }

  async end(id: string, ending: Omit<Ending, 'at'>): Promise<Stamped<EndAnswer>> {
    const value = this.#homes.get(id) ?? SHARED_POOL
    return (await this.#ledger(value)).end(id, ending)
  }

  async configure(budgets: readonly Budget[]): Promise<Stamped<object>> {
    this.#budgets = checked(budgets, this.#label)
    let last = { seq: 0, at: -Infinity }
    for (const value of await this.#values()) {
      const { seq, at } = await (await this.#ledger(value)).configure(budgets)
      last = { seq: Math.max(last.seq, seq), at: Math.max(last.at, at) }
    }
    return last
  }

  async save(): Promise<StoreState> {
    const states: StoreState[] = []
    for (const value of await this.#values()) states.push(await (await this.#ledger(value)).save())
    return mergedState(states)
  }

  async audit(pool: PoolName): Promise<PoolAudit> {
    return (await this.#ledger(this.#valueOf(pool))).audit(pool)
  }

  /** The label's value stands in the pool's label at the place that it has in the budget's scope. */
  #valueOf(pool: PoolName | undefined): string {
    const labels = this.#budgets.find(({ id }) => id === pool?.budgetId)?.labels ?? []
    return pool?.label.split('/')[labels.indexOf(this.#label)] ?? SHARED_POOL
  }

  #ledger(value: string): Promise<RedisLedger> {
    let ledger = this.#ledgers.get(value)
    if (ledger === undefined) {
      ledger = this.#open(value)
      this.#ledgers.set(value, ledger)
      // Redis may be there the next time.
      ledger.catch(() => this.#ledgers.delete(value))
    }
    return ledger
  }

  async #open(value: string): Promise<RedisLedger> {
    const { tag } = this.#options
    await this.#values(value)
    const ledger = new RedisLedger({ ...this.#options, tag: `${tag.slice(0, -1)}:${value}}` }, this.#budgets)
    await ledger.start()
    return ledger
  }

  /** Every value that some process has seen, and this one from now on. */
  #values(...seen: readonly string[]): Promise<readonly string[]> {
    const { scripts, tag, timeoutMs, rememberMs } = this.#options
    return withinTime(
      timeoutMs,
      async () =>
        (await scripts.run(SCRIPTS.values, tag, ['0', String(rememberMs), ...seen])) as readonly string[],
    )
  }
}

function checked(budgets: readonly Budget[], label: string): readonly Budget[] {
  const missing = budgets.filter(({ labels, perRequest }) => !perRequest && !labels.includes(label))
  if (missing.length === 0) return budgets
  throw new InputError(
    `clusterLabel ${label} must be in the scope of every budget`,
    missing.map(({ id, labels }) => ({
      path: `budgets ${id}`,
      message: `its scope is ${labels.join('/')}: add ${label}, or use the store without clusterLabel`,
    })),
  )
}
