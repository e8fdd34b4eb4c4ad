import type { LogTable } from '../core/log-table.js'
import type { ReplayResult, Steps } from '../replay/steps.js'
import { budgetRows } from './budgets.js'
import { endsByTime } from './ends-by-time.js'
import { labelRows } from './label-rows.js'
import { mixByDifficulty } from './mix-by-difficulty.js'
import { mixByTask } from './mix-by-task.js'
import { poolSpend, poolWindowRows } from './pool-rows.js'
import type { RunCharts } from './result.js'

/** The rows behind one run's charts; `steps` are the result's, in row order. */
export function runCharts(table: LogTable, result: ReplayResult, steps: Steps): RunCharts {
  return {
    mixByDifficulty: mixByDifficulty(steps),
    mixByTask: mixByTask(steps, table.task),
    endsByTime: endsByTime(steps, table.at),
    poolSpend: poolSpend(result.poolSeries, result.poolWindows),
    poolWindows: poolWindowRows(result.poolWindows),
    budgets: budgetRows(result.poolWindows),
    reasons: reasonCounts(steps),
    labels: labelRows(table, steps),
  }
}

/** Requests by the reason of their decision, most frequent first. */
function reasonCounts(steps: Steps): RunCharts['reasons'] {
  const counts = new Float64Array(steps.reasons.length)
  for (const reason of steps.reason) counts[reason] = (counts[reason] ?? 0) + 1
  return steps.reasons
    .map((reason, index) => ({ reason, requests: counts[index] ?? 0 }))
    .filter(({ requests }) => requests > 0)
    .sort((a, b) => b.requests - a.requests)
}
