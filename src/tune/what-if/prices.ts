import type { LogTable, OutcomeColumns } from '../../core/log-table.js'
import { NO_OUTCOME } from '../../core/log-table.js'
import type { Prices } from '../../core/model.js'
import { compilePrices } from '../../core/policy.js'
import { costNanoUsd, type Usage } from '../../core/usage.js'
import type { Pricing } from './change.js'

/**
 * The log as if calls had been billed at other prices. Where a price of today is known, a recorded cost moves in the ratio
 * of what the call's usage costs at the two prices, so that what today's price does not explain stays as it is; else the
 * cost is usage at the new price. Where usage is unknown the new cost is unknown.
 */
export function atPrices(
  table: LogTable,
  prices: ReadonlyMap<string, Pricing>,
  today: ReadonlyMap<string, Pricing>,
): LogTable {
  const outcomes = table.outcomes.map((outcome) => {
    const next = prices.get(outcome.model)
    const now = today.get(outcome.model)
    if (next === undefined) return outcome
    return repriced(outcome, compiled(next), now === undefined ? undefined : compiled(now))
  })
  return { ...table, outcomes }
}

function repriced(outcome: OutcomeColumns, next: Prices, now: Prices | undefined): OutcomeColumns {
  const costs = outcome.costNanoUsd.map((cost, row) => {
    if (outcome.basis[row] === NO_OUTCOME) return cost
    const usage = usageOf(outcome, row)
    if (usage === undefined) return NaN
    const listed = costNanoUsd(next, usage)
    const before = now === undefined ? 0 : costNanoUsd(now, usage)
    return Number.isNaN(cost) || before === 0 ? listed : Math.round((cost * listed) / before)
  })
  return { ...outcome, costNanoUsd: costs }
}

function usageOf(outcome: OutcomeColumns, row: number): Usage | undefined {
  const inputTokens = outcome.inputTokens[row] ?? -1
  const outputTokens = outcome.outputTokens[row] ?? -1
  if (inputTokens < 0 || outputTokens < 0) return undefined
  return {
    inputTokens,
    outputTokens,
    cachedInputTokens: Math.max(0, outcome.cachedInputTokens?.[row] ?? 0),
    cacheWriteTokens: Math.max(0, outcome.cacheWriteTokens?.[row] ?? 0),
  }
}

export function compiled(pricing: Pricing): Prices {
  const { perRequest = 0, priceTiers = [] } = pricing
  return compilePrices({ ...pricing, currency: 'USD', perRequest, priceTiers })
}

/**
 * The price that lies `t` of the way from one to another: 0 is the first, 1 the second, 2 as far again. Never below 0, at
 * the six decimals that a price has. Price tiers move with the tier of the same length; one that only one side has stays.
 */
export function priceBetween(from: Pricing, to: Pricing, t: number): Pricing {
  const tiers = (to.priceTiers ?? from.priceTiers ?? []).map((tier) => {
    const other = from.priceTiers?.find(({ aboveInputTokens }) => aboveInputTokens === tier.aboveInputTokens)
    return { ...tier, ...ratesBetween(other ?? tier, tier, t) }
  })
  return {
    ...ratesBetween(from, to, t),
    perRequest: between(from.perRequest ?? 0, to.perRequest ?? 0, t),
    ...(tiers.length === 0 ? {} : { priceTiers: tiers }),
  }
}

type RatesInput = Pick<Pricing, 'promptPer1m' | 'completionPer1m' | 'cachedInputPer1m' | 'cacheWritePer1m'>

/** A cached or written rate that one side leaves out is its plain input's. */
function ratesBetween(from: RatesInput, to: RatesInput, t: number): RatesInput {
  const rates: { -readonly [Rate in keyof RatesInput]: RatesInput[Rate] } = {
    promptPer1m: between(from.promptPer1m, to.promptPer1m, t),
    completionPer1m: between(from.completionPer1m, to.completionPer1m, t),
  }
  for (const rate of ['cachedInputPer1m', 'cacheWritePer1m'] as const) {
    if (from[rate] === undefined && to[rate] === undefined) continue
    rates[rate] = between(from[rate] ?? from.promptPer1m, to[rate] ?? to.promptPer1m, t)
  }
  return rates
}

function between(from: number, to: number, t: number): number {
  return Number(Math.max(0, from + t * (to - from)).toFixed(6))
}
