import type { LogTable } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'
import { selectRows } from '../replay/rows.js'
import type { BaselineRun } from './evaluate.js'
import type { Part, Split } from './split.js'

export interface TuneBaseline {
  readonly label: string
  /** Replayed as it is: leave its budgets out for an uncapped baseline. */
  readonly policy: Policy
  /**
   * The same rows as `table` with features by the baseline's own extractor. Needed only where that is another one and
   * the baseline looks at difficulty.
   */
  readonly table?: LogTable
}

/** One part of the log, for the policy and for the baseline. */
export interface PartOfLog {
  readonly table: LogTable
  readonly baseline: BaselineRun
}

export function partOf(
  { table, baseline }: { readonly table: LogTable; readonly baseline: TuneBaseline },
  split: Split,
  part: Part,
): PartOfLog {
  const all = split.rows[part]
  const rows = part === 'tune' && all.length > LONGEST ? all.slice(-LONGEST) : all
  const own = selectRows(table, rows)
  return {
    table: own,
    baseline: {
      policy: baseline.policy,
      table:
        baseline.table === undefined ? readableBy(own, baseline.policy) : selectRows(baseline.table, rows),
    },
  }
}

/**
 * A long tune part is searched on its latest requests: what more would tell is below the luck of the validate part. They
 * are contiguous, because budgets must see the whole traffic.
 */
const LONGEST = 50_000

/** Who asks the same model whatever the request says needs no features. */
function readableBy(table: LogTable, { classifier, selector }: Policy): LogTable {
  const { names } = classifier.extractor
  if (names.length === table.features.length || (selector.kind !== 'fixed' && selector.kind !== 'mix'))
    return table
  return { ...table, features: names.map(() => new Float64Array(table.size).fill(NaN)) }
}
