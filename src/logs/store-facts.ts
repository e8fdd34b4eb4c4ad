import type { StoreFacts } from './lint.js'
import { costMismatches } from './cost-mismatch.js'
import { computedCosts } from './store-prices.js'
import { inputErrors, readMeta, type LogStore } from './store.js'
import { qualityRulesOf } from './store-quality.js'

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
      redacted: count('select count(*) from redacted'),
      qualityRules: qualityRulesOf(readMeta(store.db)),
      qualitySources: qualitySources(store),
      prices: computedCosts(store.db),
      costMismatches: costMismatches(store),
    }
  })
}

/** How many qualities come from where: a rule of `--quality`, or what the log itself names; '' where it names nothing. */
function qualitySources(store: LogStore): Readonly<Record<string, number>> {
  const rows = store.db
    .prepare<[], [string | null, number]>(
      `select quality_source, count(*) from outcomes where quality is not null
       group by quality_source order by count(*) desc, quality_source`,
    )
    .raw()
    .all()
  return Object.fromEntries(rows.map(([source, count]) => [source ?? '', count]))
}

/** True when some import kept no text (`--redact`). */
export function isRedacted(store: LogStore): boolean {
  return readMeta(store.db).get('redacted') === 'true'
}
