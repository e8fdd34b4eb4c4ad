import { NO_OUTCOME, type OutcomeColumns } from '../core/log-table.js'
import { ratesAt, type Model, type Prices } from '../core/model.js'
import { PICO_PER_NANO } from '../core/money.js'
import { splitInput, type CachedInput } from '../core/prompt-cache.js'
import type { HeldPrefix } from './cache-book.js'

/** A call of a model with a prompt cache, in a session. */
export interface CachedCall {
  readonly row: number
  readonly model: Model
  /** Undefined where the log has no outcome of the model. */
  readonly outcome: OutcomeColumns | undefined
  /** As the planner reckoned. */
  readonly inputTokens: number
  readonly held: HeldPrefix | undefined
}

/**
 * What is read from and written to the cache where the replayed session is not the logged one, or the log tells neither the
 * bill nor what of the input was cached; undefined where what the log recorded stands.
 */
export function modelledInput({
  row,
  model,
  outcome,
  inputTokens,
  held,
}: CachedCall): CachedInput | undefined {
  if (held === undefined || model.promptCache === undefined) return undefined
  if (outcome !== undefined && held.asLogged && isTold(outcome, row)) return undefined
  return splitInput(model.promptCache, recordedInput(outcome, row) ?? inputTokens, held.cachedTokens)
}

function isTold({ costNanoUsd, cachedInputTokens }: OutcomeColumns, row: number): boolean {
  return !Number.isNaN(costNanoUsd[row]) || (cachedInputTokens?.[row] ?? -1) >= 0
}

function recordedInput(outcome: OutcomeColumns | undefined, row: number): number | undefined {
  const tokens = outcome?.inputTokens[row] ?? -1
  return tokens < 0 ? undefined : tokens
}

/** Cached and written tokens as recorded; where nothing is said, none. */
export function recordedSplit(outcome: OutcomeColumns | undefined, row: number): CachedInput {
  const isKnown = outcome !== undefined && outcome.basis[row] !== NO_OUTCOME
  const known = (column: Int32Array | undefined): number => (isKnown ? Math.max(0, column?.[row] ?? 0) : 0)
  return {
    cachedInputTokens: known(outcome?.cachedInputTokens),
    cacheWriteTokens: known(outcome?.cacheWriteTokens),
  }
}

/** What a bill changes by, in whole nano-dollars, where the modelled split stands in the place of the recorded one. */
export function billShift(call: CachedCall, modelled: CachedInput): number {
  const { row, model, outcome, inputTokens } = call
  if (model.prices === undefined) return 0
  const input = recordedInput(outcome, row) ?? inputTokens
  const before = surchargePico(model.prices, input, recordedSplit(outcome, row))
  return Math.ceil((surchargePico(model.prices, input, modelled) - before) / PICO_PER_NANO)
}

/** What caching adds to the plain price of an input: less than nothing where it spares more than it costs. */
function surchargePico(
  prices: Prices,
  inputTokens: number,
  { cachedInputTokens, cacheWriteTokens }: CachedInput,
): number {
  const { inputPico, cachedInputPico, cacheWritePico } = ratesAt(prices, inputTokens)
  return cachedInputTokens * (cachedInputPico - inputPico) + cacheWriteTokens * (cacheWritePico - inputPico)
}
