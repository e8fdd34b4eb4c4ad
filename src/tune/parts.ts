import type { LogTable } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'
import { readableBy } from '../replay/readable-by.js'
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

/** A part of the log, or the end of one: slice 0 is all of it, each other one half as long as that before. */
export interface Stretch {
  readonly part: Part
  readonly slice: number
}

/** Tables of stretches of a log, each cut out once. */
export interface Parts {
  /** `table`: the whole log, as somebody reads it. */
  of(table: LogTable, stretch: Stretch): LogTable
  baseline(stretch: Stretch): BaselineRun
}

export function createParts(table: LogTable, baseline: TuneBaseline, split: Split): Parts {
  const known = new WeakMap<LogTable, Map<string, LogTable>>()
  const of = (whole: LogTable, { part, slice }: Stretch): LogTable => {
    const cut = known.get(whole) ?? new Map<string, LogTable>()
    known.set(whole, cut)
    const name = `${part} ${slice}`
    const found = cut.get(name) ?? selectRows(whole, rowsOf(split, { part, slice }))
    cut.set(name, found)
    return found
  }
  return {
    of,
    baseline: (stretch) => ({
      policy: baseline.policy,
      table:
        baseline.table === undefined
          ? readableBy(of(table, stretch), baseline.policy)
          : of(baseline.table, stretch),
    }),
  }
}

/**
 * A long tune part is searched on its latest requests: what more would tell is below the luck of the validate part. They
 * are contiguous, because budgets must see the whole traffic.
 */
const LONGEST = 50_000

function rowsOf({ rows }: Split, { part, slice }: Stretch): readonly number[] {
  const all = rows[part]
  const most = part === 'tune' ? LONGEST : all.length
  return all.slice(-Math.max(1, Math.floor(Math.min(all.length, most) / 2 ** slice)))
}
