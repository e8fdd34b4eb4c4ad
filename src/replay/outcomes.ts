import type { Choice } from '../core/budget/choose.js'
import { NO_OUTCOME, type LogTable, type OutcomeColumns } from '../core/log-table.js'
import type { Model } from '../core/model.js'
import { PICO_PER_NANO } from '../core/money.js'
import type { Policy } from '../core/policy.js'
import { costNanoUsd } from '../core/usage.js'
import {
  FLAG_COST_ESTIMATED,
  FLAG_LATENCY_ESTIMATED,
  FLAG_NO_OUTCOME,
  FLAG_QUALITY_ESTIMATED,
  FLAG_TRUNCATED,
} from './steps.js'

/** What a call of a model on a row costs and is worth (DESIGN section 5); one object is reused for every answer. */
export interface Served {
  /** Nano-dollars; NaN where neither the log nor the policy knows. */
  costNanoUsd: number
  quality: number
  latencyMs: number
  flags: number
}

export type OutcomeSource = (row: number, choice: Choice) => Served

export function createOutcomeSource(table: LogTable, policy: Policy): OutcomeSource {
  const columns = policy.models.map(({ id }) => table.outcomes.find(({ model }) => model === id))
  const { truncatedQuality } = policy.file.reservation
  const served: Served = { costNanoUsd: 0, quality: 0, latencyMs: 0, flags: 0 }
  return (row, choice) => {
    const model = policy.models[choice.candidate.model] as Model
    const outcome = columns[choice.candidate.model]
    served.flags = 0
    if (outcome === undefined || outcome.basis[row] === NO_OUTCOME) noOutcome(served, model, choice)
    else recorded(served, outcome, { row, model, choice, truncatedQuality })
    return served
  }
}

interface Recorded {
  readonly row: number
  readonly model: Model
  readonly choice: Choice
  readonly truncatedQuality: number
}

function noOutcome(served: Served, model: Model, choice: Choice): void {
  served.flags = FLAG_NO_OUTCOME | FLAG_COST_ESTIMATED | FLAG_LATENCY_ESTIMATED
  served.costNanoUsd = expectedCost(model, choice)
  served.quality = NaN
  served.latencyMs = model.expectedLatencyMs
}

/** An answer longer than its grant was cut off: priced at the grant, worth what the policy says of truncated answers. */
function recorded(
  served: Served,
  outcome: OutcomeColumns,
  { row, model, choice, truncatedQuality }: Recorded,
): void {
  const outputTokens = outcome.outputTokens[row] as number
  const truncated = outputTokens > choice.maxOutputTokens
  served.costNanoUsd = truncated
    ? truncatedCost(served, outcome, { row, model, choice, truncatedQuality })
    : fullCost(served, outcome, row, model, choice)
  served.quality = outcome.quality[row] as number
  if (truncated) {
    served.flags |= FLAG_TRUNCATED | FLAG_QUALITY_ESTIMATED
    served.quality = truncatedQuality
  } else if (outputTokens < 0 && choice.maxOutputTokens < choice.candidate.maxOutputTokens) {
    served.quality = NaN
  }
  served.latencyMs = outcome.latencyMs[row] as number
  if (Number.isNaN(served.latencyMs)) {
    served.latencyMs = model.expectedLatencyMs
    served.flags |= FLAG_LATENCY_ESTIMATED
  }
}

/** Recorded cost first, else usage x price, else what the planner expects. */
function fullCost(
  served: Served,
  outcome: OutcomeColumns,
  row: number,
  model: Model,
  choice: Choice,
): number {
  const cost = outcome.costNanoUsd[row] as number
  if (!Number.isNaN(cost)) return cost
  const priced = pricedUsage(outcome, row, model, outcome.outputTokens[row] as number)
  if (!Number.isNaN(priced)) return priced
  served.flags |= FLAG_COST_ESTIMATED
  return expectedCost(model, choice)
}

function truncatedCost(served: Served, outcome: OutcomeColumns, { row, model, choice }: Recorded): number {
  served.flags |= FLAG_COST_ESTIMATED
  const priced = pricedUsage(outcome, row, model, choice.maxOutputTokens)
  const cost = outcome.costNanoUsd[row] as number
  if (Number.isNaN(priced)) return Number.isNaN(cost) ? expectedCost(model, choice) : cost
  return Number.isNaN(cost) ? priced : Math.min(priced, cost)
}

function pricedUsage(outcome: OutcomeColumns, row: number, model: Model, outputTokens: number): number {
  const inputTokens = outcome.inputTokens[row] as number
  if (model.prices === undefined || inputTokens < 0 || outputTokens < 0) return NaN
  return costNanoUsd(model.prices, {
    inputTokens,
    outputTokens,
    cachedInputTokens: known(outcome.cachedInputTokens, row),
    cacheWriteTokens: known(outcome.cacheWriteTokens, row),
  })
}

function known(column: Int32Array | undefined, row: number): number {
  return Math.max(0, column?.[row] ?? 0)
}

/**
 * What the planner expects, for no more output than was granted: an estimate must not pass the bound it was held to. Of a
 * model without a price the reservation is charged, as the runtime does; without a reservation the cost is unknown.
 */
function expectedCost(model: Model, { candidate, maxOutputTokens, reservedNanoUsd }: Choice): number {
  if (model.prices === undefined) {
    if (model.expectedCostNanoUsd !== undefined) return candidate.expectedNanoUsd
    return reservedNanoUsd > 0 ? reservedNanoUsd : NaN
  }
  const asked = Math.min(model.expectedOutputTokens, candidate.maxOutputTokens)
  const cut = asked - Math.min(asked, maxOutputTokens)
  return candidate.expectedNanoUsd - Math.floor((cut * model.prices.outputPico) / PICO_PER_NANO)
}
