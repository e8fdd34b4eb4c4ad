import type { PoolAudit, PoolName } from '../../../core/budget/audit.js'
import type { BudgetHint } from '../../../core/budget/budget-hint.js'
import type { Budget } from '../../../core/budget/budget.js'
import type { PoolClaim } from '../../../core/budget/claims.js'
import type { EndAnswer, Ending } from '../../../core/budget/ledger.js'
import { InputError } from '../../../core/errors.js'
import { SHARED_POOL } from '../../../core/budget/pool-label.js'
import type { Stamped, StoreAdmission, StoreAdmitRequest, StoreOptions, StoreState } from '../../store.js'
import { RedisLedger, type LedgerOptions } from './ledger.js'
import { mergedState } from './merged-state.js'
import { SCRIPTS } from './scripts.js'

/** Of how many ended reservations a process remembers the label's value, so that a second end is answered `duplicate`. */
const REMEMBERED = 100_000

/** One ledger for each value of a label, each in a hash slot of its own: for Redis Cluster. */
export class LedgersByLabel {
  readonly #options: LedgerOptions
  readonly #label: string
  readonly #ledgers = new Map<string, Promise<RedisLedger>>()
  /** The label's value of each reservation that was made here and has not ended: an end goes where its admission went. */
  readonly #homes = new Map<string, string>()
  readonly #endedHomes = new Map<string, string>()
  #budgets: readonly Budget[]

  /** @throws InputError naming each budget whose scope lacks the label. */
  constructor(options: LedgerOptions, label: string, budgets: readonly Budget[]) {
    const { onExpired } = options.store
    const told: StoreOptions['onExpired'] = (expired) => {
      this.#ended(expired.id)
      onExpired(expired)
    }
    this.#options = { ...options, store: { ...options.store, onExpired: told } }
    this.#label = label
    this.#budgets = checked(budgets, label)
  }

  async start(): Promise<void> {
    await this.#values()
  }

  async admit(request: StoreAdmitRequest): Promise<Stamped<StoreAdmission>> {
    const value = this.#valueOf(request.plan.pools[0])
    this.#homes.set(request.id, value)
    const answer = await (await this.#ledger(value)).admit(request)
    if (answer.kind === 'refused') this.#homes.delete(request.id)
    return answer
  }

  async end(id: string, ending: Omit<Ending, 'at'>): Promise<Stamped<EndAnswer>> {
    const value = this.#homes.get(id) ?? this.#endedHomes.get(id) ?? SHARED_POOL
    const answer = await (await this.#ledger(value)).end(id, ending)
    this.#ended(id)
    return answer
  }

  async use(pool: PoolClaim): Promise<BudgetHint> {
    return (await this.#ledger(this.#valueOf(pool))).use(pool)
  }

  #ended(id: string): void {
    const value = this.#homes.get(id)
    if (value === undefined) return
    this.#homes.delete(id)
    this.#endedHomes.set(id, value)
    if (this.#endedHomes.size > REMEMBERED)
      this.#endedHomes.delete(this.#endedHomes.keys().next().value ?? '')
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
    const { scripts, tag, limit, rememberMs } = this.#options
    return limit.keep(
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
