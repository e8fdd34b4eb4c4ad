import { usd } from '../core/money.js'
import { KNOWN_ENOUGH, type Contributions } from './contributions.js'

/** Totals over the log in US dollars; null where less than 95 % of the costs are known. */
export interface Savings {
  readonly baselineCostUsd: number | null
  /** Saved on requests that got an answer: the figure for headlines. */
  readonly savedByRouting: number | null
  /** Not spent on requests that got none: no merit of the router. */
  readonly avoidedByRefusing: number | null
}

/** What routing saved, as a share of the baseline's cost. */
export function savedShare({
  savedByRouting,
  baselineCostUsd,
}: Pick<Savings, 'savedByRouting' | 'baselineCostUsd'>): number | null {
  if (savedByRouting === null || baselineCostUsd === null || baselineCostUsd === 0) return null
  return savedByRouting / baselineCostUsd
}

/** Series for the bootstrap, in nano-dollars, 0 where a cost of either run is unknown. */
export interface SavingsSeries {
  readonly baseline: Float64Array
  readonly routing: Float64Array
  readonly refusing: Float64Array
  /** 1 where both costs are known. */
  readonly known: Float64Array
}

/** Baseline cost minus run cost of every offered request, split by whether the run answered it. */
export function savingsSeries(run: Contributions, baseline: Contributions): SavingsSeries {
  const difference = baseline.costNanoUsd.map((cost, row) => cost - (run.costNanoUsd[row] ?? NaN))
  const known = difference.map((value) => (Number.isNaN(value) ? 0 : 1))
  const only = (served: number): Float64Array =>
    difference.map((value, row) => (known[row] === 1 && run.served[row] === served ? value : 0))
  return {
    baseline: baseline.costNanoUsd.map((cost, row) => (known[row] === 1 ? cost : 0)),
    routing: only(1),
    refusing: only(0),
    known,
  }
}

/** Totals; where a few costs are unknown, the known requests stand for them. DESIGN section 5. */
export function savings(series: SavingsSeries): Savings {
  const offered = series.known.length
  const known = series.known.reduce((sum, value) => sum + value, 0)
  if (known === 0 || known < offered * KNOWN_ENOUGH) {
    return { baselineCostUsd: null, savedByRouting: null, avoidedByRefusing: null }
  }
  const total = (values: Float64Array): number =>
    usd((values.reduce((sum, value) => sum + value, 0) * offered) / known)
  return {
    baselineCostUsd: total(series.baseline),
    savedByRouting: total(series.routing),
    avoidedByRefusing: total(series.refusing),
  }
}
