import { ceilToNano } from './money.js'
import type { PolicyFileInput } from './policy-schema.js'
import type { DetailedUsage } from './usage.js'

/**
 * What a price book asks, in integer pico-dollars per token. A rate that is absent is billed like the one that it is a
 * part of: cached, written and audio input like plain input, reasoning and audio output like output.
 */
export interface ListRates {
  readonly inputPico: number
  /** Absent for models without output, such as embeddings. */
  readonly outputPico?: number
  readonly cachedInputPico?: number
  /** Written to be kept for minutes: 5 at Anthropic. */
  readonly cacheWritePico?: number
  readonly hourCacheWritePico?: number
  readonly audioInputPico?: number
  readonly cachedAudioInputPico?: number
  readonly audioOutputPico?: number
  readonly reasoningPico?: number
  readonly perRequestPico?: number
}

export interface ListPrice extends ListRates {
  /** Rates of long inputs, shortest first; a call is billed as a whole at the last tier that it passes. */
  readonly tiers: readonly ListTier[]
}

export interface ListTier {
  readonly aboveInputTokens: number
  readonly rates: ListRates
}

/**
 * What a call of this usage costs at a list price, in nano-dollars, summed in pico and rounded up once. Undefined where
 * the price has no rate for what was used.
 */
export function listCostNanoUsd(price: ListPrice, usage: DetailedUsage): number | undefined {
  const rates =
    price.tiers.findLast(({ aboveInputTokens }) => usage.inputTokens > aboveInputTokens)?.rates ?? price
  const output = outputPico(rates, usage)
  if (output === undefined) return undefined
  return ceilToNano(inputPico(rates, usage) + output + (rates.perRequestPico ?? 0))
}

function inputPico(rates: ListRates, usage: DetailedUsage): number {
  const { inputTokens, cachedInputTokens: cached = 0, cacheWriteTokens: written = 0 } = usage
  const hour = Math.min(written, usage.hourCacheWriteTokens ?? 0)
  const cachedAudio = Math.min(cached, usage.cachedAudioInputTokens ?? 0)
  const left = Math.max(0, inputTokens - cached - written)
  const audio = Math.min(left, Math.max(0, (usage.audioInputTokens ?? 0) - cachedAudio))
  const audioPico = rates.audioInputPico ?? rates.inputPico
  const cachedPico = rates.cachedInputPico ?? rates.inputPico
  const writePico = rates.cacheWritePico ?? rates.inputPico
  return (
    (left - audio) * rates.inputPico +
    audio * audioPico +
    (cached - cachedAudio) * cachedPico +
    cachedAudio * (rates.cachedAudioInputPico ?? rates.cachedInputPico ?? audioPico) +
    (written - hour) * writePico +
    hour * (rates.hourCacheWritePico ?? writePico)
  )
}

function outputPico(rates: ListRates, usage: DetailedUsage): number | undefined {
  const plainPico = rates.outputPico
  if (usage.outputTokens === 0) return 0
  if (plainPico === undefined) return undefined
  const audio = Math.min(usage.outputTokens, usage.audioOutputTokens ?? 0)
  const reasoning = Math.min(usage.outputTokens - audio, usage.reasoningTokens ?? 0)
  return (
    (usage.outputTokens - audio - reasoning) * plainPico +
    audio * (rates.audioOutputPico ?? plainPico) +
    reasoning * (rates.reasoningPico ?? plainPico)
  )
}

type PricingInput = NonNullable<PolicyFileInput['models'][number]['pricing']>
type TierInput = NonNullable<PricingInput['priceTiers']>[number]

/** A list price as it stands in a policy file, in dollars per million tokens; undefined for models without output. */
export function policyPricing(price: ListPrice): PricingInput | undefined {
  const rates = policyRates(price)
  if (rates === undefined) return undefined
  const priceTiers = price.tiers.flatMap((tier): TierInput[] => {
    const tierRates = policyRates(tier.rates)
    return tierRates === undefined ? [] : [{ aboveInputTokens: tier.aboveInputTokens, ...tierRates }]
  })
  const perRequest = (price.perRequestPico ?? 0) / 1e12
  return {
    ...rates,
    ...(perRequest === 0 ? {} : { perRequest }),
    ...(priceTiers.length === 0 ? {} : { priceTiers }),
  }
}

function policyRates(rates: ListRates): Omit<TierInput, 'aboveInputTokens'> | undefined {
  if (rates.outputPico === undefined) return undefined
  return {
    promptPer1m: perMillion(rates.inputPico),
    completionPer1m: perMillion(Math.max(rates.outputPico, rates.reasoningPico ?? 0)),
    ...(rates.cachedInputPico === undefined ? {} : { cachedInputPer1m: perMillion(rates.cachedInputPico) }),
    ...(rates.cacheWritePico === undefined ? {} : { cacheWritePer1m: perMillion(rates.cacheWritePico) }),
  }
}

function perMillion(pico: number): number {
  return pico / 1e6
}
