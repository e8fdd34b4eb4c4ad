import type { LogTable } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'

/** The table as it is, or, for a policy that asks the same models whatever a request says, with the columns that its classifier names and no values in them. */
export function readableBy(table: LogTable, { classifier, selector }: Policy): LogTable {
  const { names } = classifier.extractor
  if (names.length === table.features.length || (selector.kind !== 'fixed' && selector.kind !== 'mix'))
    return table
  return { ...table, features: names.map(() => new Float64Array(table.size).fill(NaN)) }
}
