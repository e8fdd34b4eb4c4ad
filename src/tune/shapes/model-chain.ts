import type { LogTable } from '../../core/log-table.js'
import { usd } from '../../core/money.js'
import type { Policy } from '../../core/policy.js'
import { convexHull } from '../../metrics/hull.js'
import { knownMean } from '../../metrics/contributions.js'

/** A model with its means over some requests. */
export interface ChainedModel {
  readonly id: string
  readonly tier: number
  readonly costUsd: number
  readonly quality: number
}

/**
 * The models that no mix of the others beats, cheapest first: between two that stand next to each other every request for the dearer
 * one buys most. Empty where quality or cost are not known of two models.
 */
export function modelChain({ models }: Policy, { outcomes }: LogTable): readonly ChainedModel[] {
  const known = models.flatMap(({ id, tier }): ChainedModel[] => {
    const outcome = outcomes.find(({ model }) => model === id)
    const cost = outcome === undefined ? null : knownMean(outcome.costNanoUsd)
    const quality = outcome === undefined ? null : knownMean(outcome.quality)
    return cost === null || quality === null ? [] : [{ id, tier, costUsd: usd(cost), quality }]
  })
  const hull = convexHull(known.map(({ id, costUsd, quality }) => ({ label: id, costUsd, quality })))
  const chain = hull.flatMap(({ label }) => known.find(({ id }) => id === label) ?? [])
  return chain.length < 2 ? [] : chain
}

/** Quality that a dollar buys from the cheapest to the dearest; 1 where nothing is known. */
export function priceOfQuality(chain: readonly ChainedModel[]): number {
  const [low, high] = [chain[0], chain.at(-1)]
  if (low === undefined || high === undefined || low === high) return 1
  return Math.max(0.02, high.quality - low.quality) / Math.max(1e-9, high.costUsd - low.costUsd)
}
