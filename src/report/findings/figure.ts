import type { Comparison, RunMetrics } from '../../metrics/result.js'
import type { MoneyScale } from '../monthly.js'

/** One of the large figures of the answer. */
export interface Figure {
  readonly name: string
  readonly value: string
  readonly note: string
}

/** What the answer is told of: a policy next to the baseline. */
export interface Told {
  readonly comparison: Comparison
  readonly baseline: RunMetrics
  readonly run: RunMetrics
  readonly scale: MoneyScale
}

export function inBrackets(interval: string): string {
  return interval === 'unknown' ? '' : ` (${interval})`
}

/** Whether the baseline is what people pay today: the log says which model was called, or somebody named it. */
export function isPaid({ baseline: { rule } }: Comparison): boolean {
  return !rule.includes('does not say which model was called')
}
