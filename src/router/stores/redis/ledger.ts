import { auditPool, type PoolAudit, type PoolName } from '../../../core/budget/audit.js'
import type { BudgetHint } from '../../../core/budget/budget-hint.js'
import type { Budget } from '../../../core/budget/budget.js'
import type { PoolClaim } from '../../../core/budget/claims.js'
import type { EndAnswer, Ending } from '../../../core/budget/ledger.js'
import { createReservationBook } from '../../../core/budget/reservation-book.js'
import { poolKey } from '../../../core/deferral-queue.js'
import {
  StoreError,
  type Stamped,
  type StoreAdmission,
  type StoreAdmitRequest,
  type StoreOptions,
  type StoreState,
} from '../../store.js'
import { admissionFrom, admitArguments, placeOf, placesOf, useFrom } from './admission.js'
import type { ScriptRunner, TimeLimit } from './client.js'
import { definitionsFrom, definitionsOf, type Definitions } from './definitions.js'
import { listAt, numberAt, textAt, type Reply } from './reply.js'
import { SCRIPTS, type Script } from './scripts.js'
import { replacementOf, stateFrom } from './state.js'

/** How long a script that met the ledger being configured waits before it asks again. */
const CONFIGURING_WAIT_MS = 10

/** Calls in flight of which the pools' places are kept. */
const KEPT_PLACES = 100_000

/** Label combinations of which the pools' keys are kept. */
const KEPT_KEYS = 10_000

export interface LedgerOptions {
  readonly scripts: ScriptRunner
  /** Hash tag that all keys of the ledger begin with. */
  readonly tag: string
  readonly limit: TimeLimit
  readonly rememberMs: number
  /** Undefined: the server's. */
  readonly clock: (() => number) | undefined
  readonly store: StoreOptions
}

/** One ledger in one hash slot: each operation is one script, which all its pools take part in or none. */
export class RedisLedger {
  readonly #options: LedgerOptions
  /** Of the policy in use. */
  #budgets: readonly Budget[]
  /** As they stood in Redis when it was last asked. */
  #definitions: Definitions | undefined
  /** The store's time, as far as it was told: which calendar windows to ask for first. */
  #at = -Infinity
  /** Of what was admitted here and has not ended. */
  readonly #places = new Map<string, readonly string[]>()
  readonly #keys = new Map<string, readonly string[]>()

  constructor(options: LedgerOptions, budgets: readonly Budget[]) {
    this.#options = options
    this.#budgets = budgets
  }

  /** An empty ledger begins with our budgets. Of one that others use, the windows are changed to ours: the last one wins. */
  start(): Promise<void> {
    return this.#within(async (signal) => {
      const { cover } = await this.#open()
      if (!cover(this.#budgets)) await this.#configure(signal)
    })
  }

  admit(request: StoreAdmitRequest): Promise<Stamped<StoreAdmission>> {
    return this.#within(async (signal) => {
      for (;;) {
        const definitions = this.#definitions ?? (await this.#know(request.plan.pools, signal))
        const reply = await this.#run(SCRIPTS.admit, admitArguments(request, definitions, this.#at))
        const answer = textAt(reply, 0)
        if (answer === 'staleWindow') this.#at = numberAt(reply, 1)
        else if (answer === 'staleBudgets') this.#definitions = undefined
        else if (answer === 'configuring') await pause(signal)
        else if (answer === 'due') await this.#expire(signal)
        else {
          const { seq, at } = this.#stamp(reply)
          if (answer === 'admitted') this.#remember(request.id, placesOf(request, definitions))
          return stamped(admissionFrom(reply, request, definitions), seq, at)
        }
        stopIfOver(signal)
      }
    })
  }

  end(id: string, ending: Omit<Ending, 'at'>): Promise<Stamped<EndAnswer>> {
    const { kind, chargeNanoUsd, settlement } = ending
    if (!(Number.isSafeInteger(chargeNanoUsd) && chargeNanoUsd >= 0))
      throw new RangeError(`chargeNanoUsd must be a whole number of at least 0, got ${chargeNanoUsd}`)
    return this.#within(async (signal) => {
      const places = this.#places.get(id) ?? []
      const own = [id, kind, String(chargeNanoUsd), settlement, ...places]
      const reply = await this.#patiently(signal, SCRIPTS.end, own)
      this.#places.delete(id)
      const { seq, at } = this.#stamp(reply)
      const returned = textAt(reply, 5)
      if (returned !== '') this.#options.store.onReturned(this.#keysOf(returned))
      const status = textAt(reply, 0) as EndAnswer['status']
      return { status, chargedNanoUsd: numberAt(reply, 4), seq, at }
    })
  }

  use(pool: PoolClaim): Promise<BudgetHint> {
    return this.#within(async (signal) => {
      for (;;) {
        const definitions = this.#definitions ?? (await this.#know([pool], signal))
        const reply = await this.#run(SCRIPTS.use, [definitions.version, placeOf(pool, definitions)])
        if (textAt(reply, 0) === 'use') return useFrom(reply, pool, definitions)
        this.#definitions = undefined
        stopIfOver(signal)
      }
    })
  }

  #remember(id: string, places: readonly string[]): void {
    if (this.#places.size >= KEPT_PLACES) this.#places.clear()
    this.#places.set(id, places)
  }

  /** Pools get money back with most calls: their claims are read once. */
  #keysOf(claims: string): readonly string[] {
    let keys = this.#keys.get(claims)
    if (keys === undefined) {
      keys = (JSON.parse(claims) as readonly PoolClaim[]).map(poolKey)
      if (this.#keys.size >= KEPT_KEYS) this.#keys.clear()
      this.#keys.set(claims, keys)
    }
    return keys
  }

  configure(budgets: readonly Budget[]): Promise<Stamped<object>> {
    this.#budgets = budgets
    return this.#within((signal) => this.#configure(signal))
  }

  save(): Promise<StoreState> {
    return this.#within(async () => stateFrom(await this.#run(SCRIPTS.read, [])))
  }

  audit(pool: PoolName): Promise<PoolAudit> {
    return this.#within(async (signal) => {
      const { slots } = this.#definitions ?? (await this.#know([], signal))
      const slot = slots.findIndex(({ id }) => id === pool.budgetId)
      if (slot < 0) return { ...pool, windows: [] }
      const { ledger } = stateFrom(await this.#run(SCRIPTS.read, [String(slot), pool.label]), true)
      return auditPool(createReservationBook([], ledger), pool)
    })
  }

  /** The core decides what becomes of charges and holds; here they are only carried there and back, under a lock. */
  async #configure(signal: { readonly over: boolean }): Promise<Stamped<object>> {
    for (;;) {
      await this.#open()
      const token = globalThis.crypto.randomUUID()
      const lockMs = String(2 * this.#options.limit.timeoutMs)
      const locked = await this.#patiently(signal, SCRIPTS.lock, [token, lockMs])
      const { at } = this.#stamp(locked)
      const book = createReservationBook([], stateFrom(locked).ledger)
      book.configure(this.#budgets, at)
      const state = book.save()
      const definitions = definitionsFrom(
        JSON.stringify(state.slots.map(({ id, scope, window }) => ({ id, scope, window }))),
      )
      const { version, text, kindOf } = definitions
      const wanted = JSON.stringify({ version, budgets: text, ...replacementOf(state, kindOf) })
      const reply = await this.#run(SCRIPTS.replace, [token, wanted])
      stopIfOver(signal)
      if (textAt(reply, 0) !== 'configured') continue
      this.#definitions = definitions
      return this.#stamp(reply)
    }
  }

  /** Definitions under which these pools can be asked for; ours are added where the ledger lacks them. */
  async #know(claims: readonly PoolClaim[], signal: { readonly over: boolean }): Promise<Definitions> {
    const definitions = await this.#open()
    if (definitions.know(claims) || !definitionsOf(this.#budgets).know(claims)) return definitions
    await this.#configure(signal)
    return this.#definitions ?? definitions
  }

  async #open(): Promise<Definitions> {
    const { version, text } = definitionsOf(this.#budgets)
    const reply = await this.#run(SCRIPTS.open, [version, text])
    this.#at = Math.max(this.#at, numberAt(reply, 3))
    this.#definitions = definitionsFrom(textAt(reply, 2))
    return this.#definitions
  }

  async #patiently(
    signal: { readonly over: boolean },
    script: Script,
    own: readonly string[],
  ): Promise<Reply> {
    for (;;) {
      const reply = await this.#run(script, own)
      const answer = textAt(reply, 0)
      if (answer === 'due') await this.#expire(signal)
      else if (answer === 'configuring') await pause(signal)
      else return reply
    }
  }

  /** What is due comes first. A script of its own, so that the others need not carry it along. */
  async #expire(signal: { readonly over: boolean }): Promise<void> {
    this.#stamp(await this.#patiently(signal, SCRIPTS.expire, []))
  }

  #run(script: Script, own: readonly string[]): Promise<Reply> {
    const { scripts, tag, clock, rememberMs } = this.#options
    const now = clock === undefined ? '' : String(Math.floor(clock()))
    return scripts.run(script, tag, [now, String(rememberMs), ...own])
  }

  /** Of an answer `[kind, seq, at, expired, …]`; what has expired is told before the answer is. */
  #stamp(reply: Reply): { readonly seq: number; readonly at: number } {
    const at = numberAt(reply, 2)
    this.#at = at
    for (const expired of listAt(reply, 3) as readonly Reply[]) {
      const [id, chargedNanoUsd, seq] = [textAt(expired, 0), numberAt(expired, 1), numberAt(expired, 2)]
      this.#options.store.onExpired({ id, chargedNanoUsd, seq, at })
    }
    return { seq: numberAt(reply, 1), at }
  }

  #within<Value>(operation: (signal: { readonly over: boolean }) => Promise<Value>): Promise<Value> {
    return this.#options.limit.keep(operation)
  }
}

/** Field by field: a spread takes longer than what it spreads took to read. */
function stamped(admission: StoreAdmission, seq: number, at: number): Stamped<StoreAdmission> {
  if (admission.kind === 'refused') {
    const { kind, bindingPool, retryAt } = admission
    return { kind, bindingPool, retryAt, seq, at }
  }
  const { kind, choice, headroomNanoUsd, boundBy, softPassed } = admission
  return { kind, choice, headroomNanoUsd, boundBy, softPassed, seq, at }
}

function stopIfOver({ over }: { readonly over: boolean }): void {
  if (over) throw new StoreError('the operation was given up')
}

async function pause(signal: { readonly over: boolean }): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, CONFIGURING_WAIT_MS))
  stopIfOver(signal)
}
