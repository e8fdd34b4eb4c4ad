import { costMismatches } from './cost-mismatch.js'
import { computedCosts } from './store-prices.js'
import type { StoreFacts } from './lint.js'
import { inputErrors, type LogStore } from './store.js'

/** What the store knows of how the log came about. */
export function storeFacts(store: LogStore): StoreFacts {
  return inputErrors(store.path, () => {
    const count = (sql: string): number => store.db.prepare<[], [number]>(sql).raw().get()?.[0] ?? 0
    const rejects = store.db
      .prepare<[], [string, number]>(
        'select reason, count(*) from rejects group by reason order by count(*) desc',
      )
      .raw()
      .all()
    return {
      rejects: Object.fromEntries(rejects),
      conflicts: count('select count(*) from conflicts'),
      untimed: count('select count(*) from requests where at is null'),
      prices: computedCosts(store.db),
      costMismatches: costMismatches(store),
    }
  })
}
