import type { OutcomeRecord } from '../core/log-record.js'
import type { SimulatedRequest } from './week.js'

/** Means over all requests, of answers that a log with one call a request never saw. Costs in US dollars a request. */
export interface Truth {
  readonly models: readonly { readonly id: string; readonly quality: number; readonly costUsd: number }[]
  /** The cheapest of each request's best answers. */
  readonly oracle: { readonly quality: number; readonly costUsd: number }
}

export function truthOf(requests: readonly SimulatedRequest[]): Truth {
  const rows = requests.map(({ record }) => record.outcomes ?? [])
  const ids = (rows[0] ?? []).map(({ model }) => model)
  return {
    models: ids.map((id, place) => ({ id, ...meansOf(rows.flatMap((row) => row[place] ?? [])) })),
    oracle: meansOf(rows.map((row) => row.reduce(better))),
  }
}

function better(best: OutcomeRecord, other: OutcomeRecord): OutcomeRecord {
  const gain = (other.quality ?? 0) - (best.quality ?? 0)
  const isCheaper = (other.costUsd ?? 0) < (best.costUsd ?? 0)
  return gain > 0 || (gain === 0 && isCheaper) ? other : best
}

function meansOf(outcomes: readonly OutcomeRecord[]): { readonly quality: number; readonly costUsd: number } {
  const mean = (value: (outcome: OutcomeRecord) => number | undefined): number =>
    outcomes.reduce((sum, outcome) => sum + (value(outcome) ?? 0), 0) / Math.max(1, outcomes.length)
  return { quality: mean(({ quality }) => quality), costUsd: mean(({ costUsd }) => costUsd) }
}
