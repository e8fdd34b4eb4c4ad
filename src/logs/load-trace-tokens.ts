import { NO_OUTCOME, type OutcomeColumns } from '../core/log-table.js'
import type { RequestColumns } from './load-requests.js'
import type { RowOrder } from './load-rows.js'
import type { LogStore } from './store.js'

/**
 * Gives rows that got their time from a trace its token counts too, for every model alike. What a call cost with other
 * counts says nothing then: those costs become unknown, and a replay prices the trace's tokens.
 */
export function layTraceTokens(
  store: LogStore,
  { fromTrace, size }: RowOrder,
  requests: RequestColumns,
  outcomes: readonly OutcomeColumns[],
): void {
  const trace = store.db
    .prepare<[], [number | null, number | null]>(
      'select input_tokens, output_tokens from arrival_trace order by at, position',
    )
    .raw()
    .all()
  for (let row = 0; row < size; row++) {
    const [input, output] = trace[fromTrace?.[row] ?? -1] ?? [null, null]
    if (input === null || output === null) continue
    requests.inputTokensEstimate[row] = input
    requests.inputTokensBound[row] = input
    if (requests.sharedPrefixTokens !== undefined) requests.sharedPrefixTokens[row] = -1
    for (const outcome of outcomes)
      if (outcome.basis[row] !== NO_OUTCOME) layTokens(outcome, row, input, output)
  }
}

function layTokens(outcome: OutcomeColumns, row: number, input: number, output: number): void {
  outcome.inputTokens[row] = input
  outcome.outputTokens[row] = output
  outcome.costNanoUsd[row] = NaN
  if (outcome.cachedInputTokens !== undefined) outcome.cachedInputTokens[row] = -1
  if (outcome.cacheWriteTokens !== undefined) outcome.cacheWriteTokens[row] = -1
}
