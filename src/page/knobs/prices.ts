import type { PolicyFile } from '../../core/policy-schema.js'
import { aroundAmount, movedNumber, type Knob, type KnobGroup, type Moved } from './knob.js'

type Pricing = NonNullable<PolicyFile['models'][number]['pricing']>

const DECIMALS = 6

/** List prices. What the log recorded is billed anew in the same ratio, of this policy and of the baseline. */
export const PRICES: KnobGroup = {
  title: 'Prices, dollars per million tokens',
  list: ({ models }) =>
    models.flatMap(({ id, pricing }) =>
      pricing === undefined
        ? []
        : [
            priceKnob(inputId(id), `${id}: input`, pricing.promptPer1m),
            priceKnob(outputId(id), `${id}: output`, pricing.completionPer1m),
          ],
    ),
  apply(file, moved) {
    const prices = movedPrices(file, moved)
    const models = file.models.map((model) => ({ ...model, pricing: prices.get(model.id) ?? model.pricing }))
    return prices.size === 0 ? file : { ...file, models: models.map(withPricing) }
  },
}

/** New prices of the models that have any. */
export function movedPrices({ models }: PolicyFile, moved: Moved): Map<string, Pricing> {
  return new Map(
    models.flatMap(({ id, pricing }): [string, Pricing][] => {
      const input = movedNumber(moved, inputId(id))
      const output = movedNumber(moved, outputId(id))
      if (pricing === undefined || (input === undefined && output === undefined)) return []
      return [[id, repriced(pricing, input, output)]]
    }),
  )
}

function withPricing({ pricing, ...model }: PolicyFile['models'][number]): PolicyFile['models'][number] {
  return pricing === undefined ? model : { ...model, pricing }
}

/** Cached input, cache writes and price tiers move in the ratio of the plain rates. */
function repriced(pricing: Pricing, input: number | undefined, output: number | undefined): Pricing {
  const inputFactor = factor(pricing.promptPer1m, input)
  const outputFactor = factor(pricing.completionPer1m, output)
  const rates = (of: Pricing | Pricing['priceTiers'][number]): RatesOf => ({
    promptPer1m: rounded(of.promptPer1m * inputFactor),
    completionPer1m: rounded(of.completionPer1m * outputFactor),
    ...(of.cachedInputPer1m === undefined
      ? {}
      : { cachedInputPer1m: rounded(of.cachedInputPer1m * inputFactor) }),
    ...(of.cacheWritePer1m === undefined
      ? {}
      : { cacheWritePer1m: rounded(of.cacheWritePer1m * inputFactor) }),
  })
  return {
    ...pricing,
    ...rates(pricing),
    promptPer1m: rounded(input ?? pricing.promptPer1m),
    completionPer1m: rounded(output ?? pricing.completionPer1m),
    priceTiers: pricing.priceTiers.map((tier) => ({ ...tier, ...rates(tier) })),
  }
}

type RatesOf = Pick<Pricing, 'promptPer1m' | 'completionPer1m' | 'cachedInputPer1m' | 'cacheWritePer1m'>

function factor(before: number, after: number | undefined): number {
  return after === undefined || before === 0 ? 1 : after / before
}

function rounded(price: number): number {
  return Number(price.toFixed(DECIMALS))
}

function priceKnob(id: string, label: string, value: number): Knob {
  return { kind: 'range', id, label, note: '', value, ...aroundAmount(value), unit: 'usd' }
}

function inputId(id: string): string {
  return `inputPrice:${id}`
}

function outputId(id: string): string {
  return `outputPrice:${id}`
}
