import { StoreError, type BudgetStore } from '../../src/router/store.js'
import { memoryStore } from '../../src/router/stores/memory.js'

export type Fault = 'up' | 'down' | 'hangs' | 'lost'

/** A store that can be taken down: `hangs` never answers, `lost` does what it is asked and never says so. */
export function breakable(inner: BudgetStore = memoryStore()): {
  store: BudgetStore
  state: { fault: Fault }
} {
  const state = { fault: 'up' as Fault }
  const ask = async <Value>(operation: () => Promise<Value> | Value): Promise<Value> => {
    if (state.fault === 'down') throw new StoreError('connection refused')
    if (state.fault === 'lost') await operation()
    if (state.fault !== 'up') return new Promise<never>(() => undefined)
    return operation()
  }
  return {
    state,
    store: {
      shared: inner.shared,
      start: (options) => inner.start(options),
      admit: (request) => ask(() => inner.admit(request)),
      end: (id, ending) => ask(() => inner.end(id, ending)),
      use: (pool) => ask(() => inner.use(pool)),
      configure: (budgets) => ask(() => inner.configure(budgets)),
      save: () => inner.save(),
      audit: (pool) => inner.audit(pool),
      close: () => inner.close(),
    },
  }
}
