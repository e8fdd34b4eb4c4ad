import { parsePolicy, type Policy } from '../../src/core/policy.js'
import type { PolicyFileInput } from '../../src/core/policy-schema.js'

type ModelInput = PolicyFileInput['models'][number]
type BudgetInput = NonNullable<PolicyFileInput['budgets']>[number]

/** A model whose prices make sums easy: `inputUsd` and `outputUsd` per million tokens are as many micro-dollars a token. */
export function aModel(
  id: string,
  tier: number,
  prices: { readonly inputUsd: number; readonly outputUsd: number },
  parts: Partial<ModelInput> = {},
): ModelInput {
  return {
    id,
    tier,
    contextWindow: 100_000,
    maxOutputTokens: 10_000,
    expectedOutputTokens: 100,
    expectedLatencyMs: 1000,
    pricing: { promptPer1m: prices.inputUsd, completionPer1m: prices.outputUsd },
    ...parts,
  }
}

export const SMALL: ModelInput = aModel('small', 0, { inputUsd: 1, outputUsd: 2 })
export const MEDIUM: ModelInput = aModel('medium', 1, { inputUsd: 3, outputUsd: 10 })
export const LARGE: ModelInput = aModel('large', 2, { inputUsd: 10, outputUsd: 50 })

/** Three models of three tiers, cheapest capable first, worst-case reservations, no budgets. */
export function aPolicyFile(parts: Partial<PolicyFileInput> = {}): PolicyFileInput {
  const models = parts.models ?? [SMALL, MEDIUM, LARGE]
  return {
    formatVersion: 1,
    policyId: 'test',
    models,
    tierBoundaries: [0.4, 0.7].slice(0, Math.max(...models.map(({ tier }) => tier))),
    selector: { kind: 'cheapestCapable' },
    reservation: { defaultMaxOutputTokens: 1000, minOutputTokens: 50 },
    ...parts,
  }
}

export function aPolicy(parts: Partial<PolicyFileInput> = {}): Policy {
  return parsePolicy(aPolicyFile(parts))
}

/** A cap on one label for good, unless parts say otherwise. */
export function aBudget(id: string, maxBudget: number, parts: Partial<BudgetInput> = {}): BudgetInput {
  return { id, scope: 'org', maxBudget, window: { kind: 'lifetime' }, ...parts }
}

/** 10 $ per million tokens in, 1 $ read from the cache, 12.5 $ written to it, 50 $ out. */
export function aCachedModel(
  id: string,
  tier: number,
  promptCache: NonNullable<ModelInput['promptCache']> = {},
  parts: Partial<ModelInput> = {},
): ModelInput {
  const pricing = { promptPer1m: 10, completionPer1m: 50, cachedInputPer1m: 1, cacheWritePer1m: 12.5 }
  return aModel(id, tier, { inputUsd: 10, outputUsd: 50 }, { promptCache, pricing, ...parts })
}
