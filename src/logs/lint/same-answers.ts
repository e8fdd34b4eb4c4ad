import { EXAMPLES } from './found.js'
import { NO_OUTCOME, type LogTable, type OutcomeColumns } from '../../core/log-table.js'

/** Two names whose recorded outcomes are the same wherever both have one. */
export interface SameAnswers {
  readonly models: readonly [string, string]
  readonly shared: number
  readonly examples: readonly string[]
}

/** On fewer shared requests two models may well agree. */
const LEAST_SHARED = 50

/** Pairs with the same quality, cost and token counts on all requests that both have, of which costs or tokens must be known. */
export function sameAnswers({ ids, outcomes }: LogTable): readonly SameAnswers[] {
  const found: SameAnswers[] = []
  outcomes.forEach((first, i) => {
    for (const second of outcomes.slice(i + 1)) {
      const shared = sharedRows(first, second)
      if (shared !== undefined && shared.length >= LEAST_SHARED)
        found.push({
          models: [first.model, second.model],
          shared: shared.length,
          examples: shared.slice(0, EXAMPLES).map((row) => ids[row] ?? ''),
        })
    }
  })
  return found
}

/** Undefined from the first difference on. */
function sharedRows(a: OutcomeColumns, b: OutcomeColumns): readonly number[] | undefined {
  const rows: number[] = []
  let telling = 0
  for (let row = 0; row < a.basis.length; row++) {
    if (a.basis[row] === NO_OUTCOME || b.basis[row] === NO_OUTCOME) continue
    const same =
      Object.is(a.quality[row], b.quality[row]) &&
      Object.is(a.costNanoUsd[row], b.costNanoUsd[row]) &&
      a.outputTokens[row] === b.outputTokens[row]
    if (!same) return undefined
    if ((a.costNanoUsd[row] as number) > 0 || (a.outputTokens[row] as number) >= 0) telling++
    rows.push(row)
  }
  return telling >= LEAST_SHARED ? rows : undefined
}
