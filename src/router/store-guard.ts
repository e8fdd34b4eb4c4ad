import type { BudgetHint } from '../core/budget/budget-hint.js'
import type { PoolClaim } from '../core/budget/claims.js'
import type { EndAnswer, Ending } from '../core/budget/ledger.js'
import {
  StoreError,
  type BudgetStore,
  type Stamped,
  type StoreAdmission,
  type StoreAdmitRequest,
} from './store.js'

/** What to do with a request while the store does not answer. */
export type OnStoreError = 'reject' | 'allowUncounted'

/** How the store has answered so far. */
export interface StoreHealth {
  /** `down` from an error until the store answers again. */
  readonly store: 'ok' | 'down'
  /** Operations that failed or were given up. */
  readonly errors: number
  readonly lastError: string | null
  /** Calls that no ledger counts. */
  readonly uncounted: number
  /** Ends that the store has not acknowledged yet; they are said again until it does. */
  readonly pendingEnds: number
}

/** Nobody knows what the store made of it: the request is refused, or goes on without being counted. */
export type Unavailable = { readonly kind: 'unavailable' } | { readonly kind: 'uncounted' }

export interface StoreGuard {
  admit(request: StoreAdmitRequest): Awaitable<Stamped<StoreAdmission> | Unavailable>
  /** Undefined: not acknowledged, and said again in the background until it is. */
  end(id: string, ending: Omit<Ending, 'at'>): Awaitable<Stamped<EndAnswer> | undefined>
  /** Undefined where the store does not answer. */
  use(pool: PoolClaim): Awaitable<BudgetHint | undefined>
  health(): StoreHealth
  /** Says once more what is pending, and then lets go. */
  close(): Promise<void>
}

type Awaitable<Value> = Promise<Value> | Value

export interface GuardOptions {
  readonly onStoreError: OnStoreError
  /** How long an operation may take. */
  readonly timeoutMs: number
  readonly onError: ((error: StoreError) => void) | undefined
  /** An end that was pending has been acknowledged. */
  readonly onAcknowledged: (id: string, ending: Omit<Ending, 'at'>, answer: Stamped<EndAnswer>) => void
}

const RETRY_MS = 1000

/**
 * Stands before a store that may be down: no operation hangs, errors are counted, and what is known of spending is not lost
 * while it is away. A store that answers at once (memory) is asked without a timer.
 */
export function guardStore(store: BudgetStore, options: GuardOptions): StoreGuard {
  const pending = new Map<string, Omit<Ending, 'at'>>()
  let errors = 0
  let uncounted = 0
  let lastError: string | null = null
  let down = false
  let timer: NodeJS.Timeout | undefined
  let retrying = false

  const failed = (error: StoreError): void => {
    errors++
    down = true
    lastError = error.message
    options.onError?.(error)
  }
  /** The answer, or undefined where there is none: anything but a store's own error is a bug and goes on. */
  const guarded = <Value>(operation: () => Awaitable<Value>): Awaitable<Value | undefined> => {
    try {
      const answer = operation()
      if (!(answer instanceof Promise)) {
        down = false
        return answer
      }
      return withTimeout(answer, options.timeoutMs).then(
        (value) => {
          down = false
          return value
        },
        (error: unknown) => caught(error),
      )
    } catch (error) {
      return caught(error)
    }
  }
  const caught = (error: unknown): undefined => {
    if (!(error instanceof StoreError)) throw error
    failed(error)
    return undefined
  }
  /** The first end of a reservation is the one that counts: a `cancel` after a `settle` must not undo it. */
  const later = (id: string, ending: Omit<Ending, 'at'>): void => {
    if (!pending.has(id)) pending.set(id, ending)
    timer ??= setInterval(() => void retry(), RETRY_MS).unref()
  }
  const retry = async (): Promise<void> => {
    if (retrying) return
    retrying = true
    try {
      await sayAgain()
    } catch (error) {
      failed(new StoreError(`the budget store failed: ${String(error)}`, { cause: error }))
    }
    retrying = false
    if (pending.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
  /** Until the store fails again, or all is said. */
  const sayAgain = async (): Promise<void> => {
    for (let [next] = pending; next !== undefined; [next] = pending) {
      const [id, ending] = next
      const answer = await guarded(() => store.end(id, ending))
      if (answer === undefined) return
      if (pending.delete(id)) options.onAcknowledged(id, ending, answer)
    }
  }
  const unavailable = (id: string): Unavailable => {
    // It may have been admitted all the same: then the money is given back as soon as the store hears of it.
    later(id, { kind: 'cancelled', chargeNanoUsd: 0, settlement: 'estimated' })
    if (options.onStoreError === 'reject') return { kind: 'unavailable' }
    uncounted++
    return { kind: 'uncounted' }
  }

  return {
    admit(request) {
      const answer = guarded(() => store.admit(request))
      if (answer instanceof Promise) return answer.then((known) => known ?? unavailable(request.id))
      return answer ?? unavailable(request.id)
    },
    end(id, ending) {
      if (pending.has(id)) return undefined
      const answer = guarded(() => store.end(id, ending))
      if (!(answer instanceof Promise)) {
        if (answer === undefined) later(id, ending)
        return answer
      }
      return answer.then((known) => {
        if (known === undefined) later(id, ending)
        return known
      })
    },
    use: (pool) => guarded(() => store.use(pool)),
    health: () => ({ store: down ? 'down' : 'ok', errors, lastError, uncounted, pendingEnds: pending.size }),
    async close() {
      await retry()
      clearInterval(timer)
      timer = undefined
    },
  }
}

function withTimeout<Value>(answer: Promise<Value>, timeoutMs: number): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new StoreError(`the budget store did not answer within ${timeoutMs} ms`)),
      timeoutMs,
    )
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
