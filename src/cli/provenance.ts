import { basename } from 'node:path'
import type { LogTable } from '../core/log-table.js'
import { lint } from '../logs/lint/lint.js'
import { storeFacts } from '../logs/store-facts.js'
import { openLog } from '../logs/store.js'
import type { Provenance } from '../metrics/provenance.js'

/** What a stored result says of the log at `log` beyond its columns; `table` is the part of it that was replayed. */
export function provenanceOf(log: string, table: LogTable, command: readonly string[]): Provenance {
  const store = openLog(log)
  try {
    const facts = storeFacts(store)
    const { prices } = facts
    return {
      command,
      files: [...new Set((facts.rowOrders ?? []).map(({ file }) => basename(file)))],
      lint: lint(table, facts).map(({ code, message, count, effect, wayOut }) => ({
        ...{ code, message, count, effect, wayOut },
      })),
      priceBook:
        prices === undefined
          ? null
          : {
              book: prices.book,
              date: prices.date,
              computed: prices.computed,
              filled: prices.filled,
            },
    }
  } finally {
    store.close()
  }
}
