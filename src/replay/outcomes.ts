import type { Choice } from '../core/budget/choose.js'
import { NO_OUTCOME, type LogTable, type OutcomeColumns } from '../core/log-table.js'
import { ratesAt, type Model } from '../core/model.js'
import { PICO_PER_NANO } from '../core/money.js'
import { signsOf, type AnswerSigns } from '../core/score/answer-signs.js'
import { outputEstimate } from '../core/output-tokens.js'
import type { Policy } from '../core/policy.js'
import type { CachedInput } from '../core/prompt-cache.js'
import { costNanoUsd } from '../core/usage.js'
import type { CacheBook } from './cache-book.js'
import { billShift, modelledInput, recordedSplit } from './cached-input.js'
import {
  FLAG_COST_ESTIMATED,
  FLAG_LATENCY_ESTIMATED,
  FLAG_NO_OUTCOME,
  FLAG_QUALITY_ESTIMATED,
  FLAG_TRUNCATED,
} from './steps.js'

/** What a call of a model on a row costs and is worth (DESIGN section 5); one object is reused for every answer. */
export interface Served {
  /** What the provider bills, in nano-dollars; NaN where neither the log nor the policy knows. */
  costNanoUsd: number
  /** What its settlement charges to the pools: the bill, unless a fault keeps the ledger from knowing it. */
  chargeNanoUsd: number
  quality: number
  latencyMs: number
  flags: number
}

export interface OutcomeSource {
  whole(row: number, choice: Choice): Served
  /** What can be seen of the answer that such a call gives. */
  signs(row: number, choice: Choice): AnswerSigns
  /** Of a call that was broken off after this share of its output: nothing of worth, and the cost of what was streamed. */
  brokenOff(row: number, choice: Choice, share: number): Served
}

/** With `caches`, calls in sessions are billed as the replayed path leaves the caches, where that is not the logged one. */
export function createOutcomeSource(table: LogTable, policy: Policy, caches?: CacheBook): OutcomeSource {
  const columns = policy.models.map(({ id }) => table.outcomes.find(({ model }) => model === id))
  const { truncatedQuality } = policy.file.reservation
  const budgeted = policy.budgets.length > 0
  const served: Served = { costNanoUsd: 0, chargeNanoUsd: 0, quality: 0, latencyMs: 0, flags: 0 }
  const plannedInput = (row: number, model: Model): number =>
    Math.max(0, table.inputTokensEstimate[row] as number) + model.inputOverheadTokens
  const cachedPart = (row: number, model: Model): CachedPart | undefined => {
    const held = caches?.heldFor(row, model.index)
    const found = columns[model.index]
    const outcome = found?.basis[row] === NO_OUTCOME ? undefined : found
    const call = { row, model, outcome, inputTokens: plannedInput(row, model), held }
    const split = modelledInput(call)
    if (held === undefined || split === undefined) return undefined
    const isSeen = outcome === undefined && !held.unseen
    return { split, shiftNanoUsd: isSeen ? 0 : billShift(call, split) }
  }
  const whole = (row: number, choice: Choice): Served => {
    const model = policy.models[choice.candidate.model] as Model
    const outcome = columns[choice.candidate.model]
    const code = table.task.codes[row] as number
    const task = code < 0 ? undefined : table.task.values[code]
    served.flags = 0
    const input = inputOf(table, row, budgeted)
    const inputTokens = plannedInput(row, model)
    const cached = caches && cachedPart(row, model)
    if (outcome === undefined || outcome.basis[row] === NO_OUTCOME) {
      noOutcome(served, { row, model, choice, input, inputTokens, task, cached })
    } else {
      recorded(served, outcome, { row, model, choice, input, inputTokens, task, cached, truncatedQuality })
    }
    served.chargeNanoUsd = served.costNanoUsd
    return served
  }
  return {
    whole,
    signs: (row, choice) => answerSigns(columns[choice.candidate.model], row, choice),
    brokenOff(row, choice, share) {
      const { costNanoUsd: wholeCost } = whole(row, choice)
      const model = policy.models[choice.candidate.model] as Model
      const outcome = columns[choice.candidate.model]
      const streamed =
        outcome === undefined
          ? NaN
          : streamedCost(outcome, { row, model, choice, share, cached: caches && cachedPart(row, model) })
      served.costNanoUsd = brokenOffBill(streamed, wholeCost)
      served.chargeNanoUsd = Number.isNaN(streamed) ? chargeOfUnknown(served, choice) : served.costNanoUsd
      served.quality = NaN
      served.flags |= FLAG_COST_ESTIMATED
      return served
    },
  }
}

/** An answer that the grant cuts off ends at its output limit. */
function answerSigns(
  outcome: OutcomeColumns | undefined,
  row: number,
  { maxOutputTokens }: Choice,
): AnswerSigns {
  if (outcome === undefined || outcome.basis[row] === NO_OUTCOME) return {}
  const signs = recordedSigns(outcome, row)
  const { outputTokens } = signs
  return outputTokens === undefined || outputTokens <= maxOutputTokens
    ? signs
    : { ...signs, finish: 'cut', outputTokens: maxOutputTokens }
}

/** What the log shows of a whole answer. */
export function recordedSigns(outcome: OutcomeColumns, row: number): AnswerSigns {
  const outputTokens = outcome.outputTokens[row] as number
  return {
    ...signsOf(outcome.signs?.[row] ?? 0),
    outputTokens: outputTokens < 0 ? undefined : outputTokens,
    agreement: shareAt(outcome.agreement, row),
    score: shareAt(outcome.score, row),
  }
}

function shareAt(column: Float64Array | undefined, row: number): number | undefined {
  const value = column?.[row] ?? NaN
  return Number.isNaN(value) ? undefined : value
}

/** What the log says of the whole call is never passed, and stands where nobody knows what of it was used. */
function brokenOffBill(streamed: number, whole: number): number {
  if (Number.isNaN(streamed) || Number.isNaN(whole)) return Number.isNaN(streamed) ? whole : streamed
  return Math.min(streamed, whole)
}

/** What nobody told of is charged as reserved, as the runtime does; where nothing was reserved, at its bill. */
export function chargeOfUnknown({ costNanoUsd }: Served, { reservedNanoUsd }: Choice): number {
  return reservedNanoUsd > 0 ? reservedNanoUsd : costNanoUsd
}

/** At the policy's prices, the whole input and a share of the output; NaN where usage is unknown. */
function streamedCost(
  outcome: OutcomeColumns,
  {
    row,
    model,
    choice,
    share,
    cached,
  }: Pick<Call, 'row' | 'model' | 'choice' | 'cached'> & { readonly share: number },
): number {
  const outputTokens = outcome.outputTokens[row] as number
  if (outputTokens < 0) return NaN
  const streamed = Math.floor(Math.min(outputTokens, choice.maxOutputTokens) * share)
  return pricedUsage(outcome, { row, model, cached }, streamed)
}

/** Of a call whose cached tokens are modelled, and not as recorded. */
interface CachedPart {
  readonly split: CachedInput
  /** What a recorded bill, or an expected one that counted no caches, changes by. */
  readonly shiftNanoUsd: number
}

interface Call {
  readonly row: number
  readonly model: Model
  readonly choice: Choice
  readonly input: Input
  /** As the planner reckoned. */
  readonly inputTokens: number
  readonly task: string | undefined
  readonly cached: CachedPart | undefined
}

/** Whether the log says how long the input was; if not, `bounded` says that the reservation under a budget covers it. */
type Input = 'known' | 'bounded' | 'unknown'

function inputOf(table: LogTable, row: number, budgeted: boolean): Input {
  if ((table.inputTokensEstimate[row] as number) >= 0) return 'known'
  return budgeted && (table.inputTokensBound[row] as number) >= 0 ? 'bounded' : 'unknown'
}

interface Recorded extends Call {
  readonly truncatedQuality: number
}

function noOutcome(served: Served, call: Call): void {
  const { model } = call
  served.flags = FLAG_NO_OUTCOME | FLAG_COST_ESTIMATED | FLAG_LATENCY_ESTIMATED
  served.costNanoUsd = expectedCost(call)
  served.quality = NaN
  served.latencyMs = model.expectedLatencyMs
}

/** An answer longer than its grant was cut off: priced at the grant, worth what the policy says of truncated answers. */
function recorded(served: Served, outcome: OutcomeColumns, call: Recorded): void {
  const { row, model, choice, truncatedQuality } = call
  const outputTokens = outcome.outputTokens[row] as number
  const truncated = outputTokens > choice.maxOutputTokens
  served.costNanoUsd = truncated ? truncatedCost(served, outcome, call) : fullCost(served, outcome, call)
  served.quality = outcome.quality[row] as number
  if (truncated) {
    served.flags |= FLAG_TRUNCATED | FLAG_QUALITY_ESTIMATED
    served.quality = truncatedQuality
  } else if (outputTokens < 0 && choice.maxOutputTokens < choice.candidate.maxOutputTokens) {
    served.quality = NaN
    served.flags |= FLAG_COST_ESTIMATED
    served.costNanoUsd = underClamp(served.costNanoUsd, choice)
  }
  served.latencyMs = outcome.latencyMs[row] as number
  if (Number.isNaN(served.latencyMs)) {
    served.latencyMs = model.expectedLatencyMs
    served.flags |= FLAG_LATENCY_ESTIMATED
  }
}

/** The recorded call may have been longer than a clamp allows, and no call under the clamp passes what was reserved. */
function underClamp(costNanoUsd: number, { candidate, maxOutputTokens, reservedNanoUsd }: Choice): number {
  const clamped = maxOutputTokens < candidate.maxOutputTokens
  return clamped && costNanoUsd > reservedNanoUsd ? reservedNanoUsd : costNanoUsd
}

/** Recorded cost first, else usage x price, else what the planner expects. */
function fullCost(served: Served, outcome: OutcomeColumns, call: Recorded): number {
  const { row, cached } = call
  if (cached !== undefined) served.flags |= FLAG_COST_ESTIMATED
  const cost = billOf(outcome, call)
  if (!Number.isNaN(cost)) return cost
  const priced = pricedUsage(outcome, call, outcome.outputTokens[row] as number)
  if (!Number.isNaN(priced)) return priced
  served.flags |= FLAG_COST_ESTIMATED
  return expectedCost(call)
}

function truncatedCost(served: Served, outcome: OutcomeColumns, call: Recorded): number {
  const { choice } = call
  served.flags |= FLAG_COST_ESTIMATED
  const priced = pricedUsage(outcome, call, choice.maxOutputTokens)
  const cost = billOf(outcome, call)
  if (Number.isNaN(priced)) return Number.isNaN(cost) ? expectedCost(call) : underClamp(cost, choice)
  return Number.isNaN(cost) ? priced : Math.min(priced, cost)
}

/** The recorded cost, moved by what the replayed path leaves in the cache; NaN where the log has none. */
function billOf({ costNanoUsd }: OutcomeColumns, { row, cached }: Call): number {
  const cost = costNanoUsd[row] as number
  return cached === undefined ? cost : Math.max(0, cost + cached.shiftNanoUsd)
}

function pricedUsage(
  outcome: OutcomeColumns,
  { row, model, cached }: Pick<Call, 'row' | 'model' | 'cached'>,
  outputTokens: number,
): number {
  const inputTokens = outcome.inputTokens[row] as number
  if (model.prices === undefined || inputTokens < 0 || outputTokens < 0) return NaN
  return costNanoUsd(model.prices, {
    inputTokens,
    outputTokens,
    ...(cached?.split ?? recordedSplit(outcome, row)),
  })
}

/**
 * What the planner expects, for no more output than was granted: an estimate must not pass the bound it was held to. Of a
 * model without a price, or an input of unknown length, the reservation is charged, as the runtime does; without a
 * reservation the cost is unknown.
 */
function expectedCost({ model, choice, input, inputTokens, task, cached }: Call): number {
  const { candidate, maxOutputTokens, reservedNanoUsd } = choice
  if (model.prices === undefined) {
    if (model.expectedCostNanoUsd !== undefined) return candidate.expectedNanoUsd
    return reservedNanoUsd > 0 ? reservedNanoUsd : NaN
  }
  if (input !== 'known' && model.prices.inputPico > 0) return input === 'bounded' ? reservedNanoUsd : NaN
  const asked = Math.min(outputEstimate(model, task).expected, candidate.maxOutputTokens)
  const cut = asked - Math.min(asked, maxOutputTokens)
  return (
    candidate.expectedNanoUsd +
    (cached?.shiftNanoUsd ?? 0) -
    Math.floor((cut * ratesAt(model.prices, inputTokens).outputPico) / PICO_PER_NANO)
  )
}
