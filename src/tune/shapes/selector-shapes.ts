import type { Policy } from '../../core/policy.js'
import type { SelectorSpec } from '../../core/policy-schema.js'
import { pacingProblem } from '../../core/policy-checks.js'
import { priceOfQuality, type ChainedModel } from './model-chain.js'
import type { PolicyJson, ShapeParts } from './shape.js'

/**
 * The policy with each other selector that can do something with its classifier and models: tiers, two models and a threshold,
 * utility and paced where chances of success are known, a mix, one model. Models that a mix of others beats stand in none of them.
 * `withoutText`: also those that look at no request, which are the same with every classifier.
 */
export function selectorShapes(
  json: PolicyJson,
  policy: Policy,
  { chain, withoutText }: { readonly chain: readonly ChainedModel[]; readonly withoutText: boolean },
): readonly ShapeParts[] {
  const specs: readonly SelectorSpec[] = [
    ...(topTier(policy) > 0 ? [{ kind: 'cheapestCapable' } as const] : []),
    ...thresholds(chain),
    ...byUtility(policy, chain),
    ...(withoutText ? blind(policy, chain) : []),
  ]
  return specs
    .filter((spec) => !isSame(spec, policy.file.selector))
    .map((spec) => ({
      name: nameOf(spec),
      json: { ...json, ...boundariesFor(spec, policy), selector: spec },
    }))
}

/** What a shape is called, by kind and models. */
export function nameOf(spec: SelectorSpec): string {
  switch (spec.kind) {
    case 'fixed':
      return `fixed ${spec.model}`
    case 'threshold':
      return `threshold ${spec.strong} over ${spec.weak}`
    case 'paced':
      return `paced by ${spec.budget}`
    case 'cascade':
      return `cascade ${spec.rungs.map(({ model }) => model).join(', ')}`
    default:
      return spec.kind
  }
}

function topTier({ models }: Policy): number {
  return Math.max(...models.map(({ tier }) => tier))
}

function thresholds(chain: readonly ChainedModel[]): SelectorSpec[] {
  return chain.flatMap((weak, index) =>
    chain
      .slice(index + 1)
      .filter(({ tier }) => tier >= weak.tier)
      .map(({ id }) => ({ kind: 'threshold', strong: id, weak: weak.id, threshold: 0.5 }) as const),
  )
}

/** Only who knows each model's chance of success on every request can weigh it against its cost. */
function byUtility({ file }: Policy, chain: readonly ChainedModel[]): SelectorSpec[] {
  if (file.classifier.kind !== 'learned') return []
  const costWeight = priceOfQuality(chain)
  const paced = file.budgets.find((budget) => pacingProblem(budget) === undefined)
  return [
    { kind: 'utility', costWeight },
    ...(paced === undefined ? [] : [{ kind: 'paced', budget: paced.id, costWeight } as const]),
  ]
}

function blind({ file }: Policy, chain: readonly ChainedModel[]): SelectorSpec[] {
  const shares = Object.fromEntries(chain.map(({ id }) => [id, 1]))
  return [
    ...(chain.length > 1 ? [{ kind: 'mix', shares } as const] : []),
    ...(chain.length > 0 ? chain : file.models).map(({ id }) => ({ kind: 'fixed', model: id }) as const),
  ]
}

function isSame(spec: SelectorSpec, given: SelectorSpec): boolean {
  return nameOf(spec) === nameOf(given)
}

/** Evenly spread where the policy has not as many as it has tiers. */
function boundariesFor({ kind }: SelectorSpec, policy: Policy): { tierBoundaries?: readonly number[] } {
  const wanted = topTier(policy)
  if (kind !== 'cheapestCapable' || policy.file.tierBoundaries.length === wanted) return {}
  return { tierBoundaries: Array.from({ length: wanted }, (_, tier) => (tier + 1) / (wanted + 1)) }
}
