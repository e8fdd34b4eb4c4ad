import type { Candidate } from './budget/choose.js'
import { ceilToNano } from './money.js'
import { dearestRates, ratesAt, type Model, type Prices } from './model.js'
import { outputEstimate, type OutputEstimate } from './output-tokens.js'
import { cachedInputPico, switchPenaltyPico, type CacheHint } from './prompt-cache.js'
import type { Policy } from './policy.js'
import type { Request } from './request.js'

/** Why a model cannot take a request. */
export type Infeasible =
  'contextWindow' | 'outputLength' | 'needs' | 'denied' | 'unknownPrice' | 'inputUnbounded'

/** A price the planner may reckon with where the policy names none, and only when no budget depends on it. */
const FREE: Prices = {
  inputPico: 0,
  outputPico: 0,
  cachedInputPico: 0,
  cacheWritePico: 0,
  perRequestPico: 0,
  maxInputPico: 0,
  priceTiers: [],
}

/**
 * The model as a candidate, or why it is not one. What the session left in the model's cache moves its expected cost; of a
 * candidate's reservation it lowers nothing.
 */
export function candidateFor(
  policy: Policy,
  model: Model,
  request: Request,
  budgeted: boolean,
  cacheHint?: CacheHint,
): Candidate | Infeasible {
  const candidate = pricedCandidate(policy, model, request, budgeted, cacheHint)
  if (cacheHint === undefined || typeof candidate === 'string' || model.prices === undefined) return candidate
  const input = request.inputTokensEstimate + model.inputOverheadTokens
  const penaltyPico = switchPenaltyPico(model, ratesAt(model.prices, input), input, cacheHint)
  return { ...candidate, switchPenaltyNanoUsd: ceilToNano(penaltyPico) }
}

function pricedCandidate(
  policy: Policy,
  model: Model,
  request: Request,
  budgeted: boolean,
  cacheHint: CacheHint | undefined,
): Candidate | Infeasible {
  const { reservation } = policy.file
  const wanted = request.maxOutputTokens
  if (wanted !== undefined && wanted > model.maxOutputTokens) return 'outputLength'
  const maxOutputTokens = Math.min(wanted ?? reservation.defaultMaxOutputTokens, model.maxOutputTokens)
  if (budgeted && !Number.isFinite(request.inputTokensEstimate)) return 'inputUnbounded'
  const input = request.inputTokensEstimate + model.inputOverheadTokens
  if (input + maxOutputTokens > model.contextWindow) return 'contextWindow'
  for (const need of request.needs) if (!model.capabilities.has(need)) return 'needs'
  if (isDenied(policy, model, request)) return 'denied'
  const prices = model.prices ?? substitutePrices(policy, model, budgeted)
  if (prices === undefined) return 'unknownPrice'
  const { expected, reserved } = outputEstimateOf(policy, model, request)
  const rates = ratesAt(prices, input)
  const inputPico = input * rates.inputPico + rates.perRequestPico
  const expectedInputPico =
    cacheHint === undefined
      ? inputPico
      : cachedInputPico(model, rates, input, cacheHint) + rates.perRequestPico
  const expectedPico = expectedInputPico + Math.min(expected, maxOutputTokens) * rates.outputPico
  const expectedNanoUsd =
    model.prices !== undefined || prices !== FREE
      ? ceilToNano(expectedPico)
      : (policy.classifier.predictor?.costNanoUsd(request.features, model.index) ??
        model.expectedCostNanoUsd ??
        Infinity)
  if (reservation.mode === 'estimateWithMargin') {
    // A cache may always miss: what it is expected to spare lowers no reservation.
    const reservedPico =
      Math.max(inputPico, expectedInputPico) + Math.min(reserved, maxOutputTokens) * rates.outputPico
    return {
      model: model.index,
      expectedNanoUsd,
      inputBoundPico: Math.ceil(reservedPico * (1 + reservation.margin)),
      outputPricePico: 0,
      minOutputTokens: maxOutputTokens,
      maxOutputTokens,
    }
  }
  const { inputTokensBound } = request
  if (inputTokensBound === undefined && budgeted) return 'inputUnbounded'
  const boundTokens = (inputTokensBound ?? request.inputTokensEstimate) + model.inputOverheadTokens
  const dearest = dearestRates(prices, boundTokens)
  return {
    model: model.index,
    expectedNanoUsd,
    inputBoundPico: boundTokens * dearest.maxInputPico + dearest.perRequestPico,
    outputPricePico: dearest.outputPico,
    minOutputTokens: Math.min(reservation.minOutputTokens, maxOutputTokens),
    maxOutputTokens,
  }
}

/**
 * The classifier's own figure where it predicts one. It may raise what is reserved, by as much as a quantile stands above the mean
 * of the log, and never lower it: whoever writes the prompt steers the prediction.
 */
function outputEstimateOf({ classifier }: Policy, model: Model, request: Request): OutputEstimate {
  const learned = outputEstimate(model, request.task)
  const predicted = classifier.predictor?.outputTokens(request.features, model.index)
  if (predicted === undefined) return learned
  const { ofModel } = model.outputTokens
  const reserved = predicted * (ofModel.reserved / Math.max(1, ofModel.expected))
  return { expected: predicted, reserved: Math.max(learned.reserved, reserved) }
}

/** Without a budget no price is needed; with one, the policy says whether the tier's dearest price may stand in. */
function substitutePrices(policy: Policy, model: Model, budgeted: boolean): Prices | undefined {
  if (!budgeted) return FREE
  if (policy.file.unknownPrice === 'reject') return undefined
  return policy.tierMaximumPrices[model.tier]
}

function isDenied(policy: Policy, model: Model, request: Request): boolean {
  for (const rule of policy.denyRules) {
    if (request.scope[rule.label] === rule.value && rule.models.has(model.id)) return true
  }
  return false
}
