import type { StoreFacts } from './lint/lint.js'
import { costMismatches } from './cost-mismatch.js'
import { costUnits } from './lint/cost-units.js'
import { EXAMPLES, type Found } from './lint/found.js'
import type { RowOrder } from './lint/row-order.js'
import { textFacts } from './lint/text-facts.js'
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
      costUnits: costUnits(store),
      judgeNoise: judgeNoise(store),
      ...namesInBook(store),
      texts: textFacts(store),
      rowOrders: rowOrders(store),
    }
  })
}

/** Of each file that was imported. */
function rowOrders(store: LogStore): NonNullable<StoreFacts['rowOrders']> {
  return store.db
    .prepare<[], [string, string]>('select file, row_order from imports order by file')
    .raw()
    .all()
    .map(([file, order]) => ({ file, ...(JSON.parse(order) as RowOrder) }))
}

/** Two labels of one answer that disagree. */
function judgeNoise(store: LogStore): Found {
  const rows = store.db
    .prepare<[], [string]>("select id from conflicts where field = 'quality' order by id")
    .raw()
    .all()
  return { count: rows.length, examples: rows.slice(0, EXAMPLES).map(([id]) => id) }
}

/** Models that the price book does not know, and names that it knows as one model. */
function namesInBook(store: LogStore): Pick<StoreFacts, 'unknownNames' | 'sameEntries'> {
  const rows = store.db
    .prepare<[], [string, string | null]>(
      'select m.id, p.entry from price_rules p join models m on m.key = p.model order by m.id',
    )
    .raw()
    .all()
  const byEntry = new Map<string, string[]>()
  for (const [model, entry] of rows)
    if (entry !== null) byEntry.set(entry, [...(byEntry.get(entry) ?? []), model])
  return {
    unknownNames: rows.filter(([, entry]) => entry === null).map(([model]) => model),
    sameEntries: [...byEntry].flatMap(([entry, models]) => (models.length > 1 ? [{ entry, models }] : [])),
  }
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
