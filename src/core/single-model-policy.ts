import { parsePolicy, type Policy } from './policy.js'
import type { PolicyFile } from './policy-schema.js'

/** Larger than any request: a single model without a policy of its own is never short of context or output. */
const UNLIMITED_TOKENS = 1_000_000_000

/**
 * The policy that asks one model for everything: a baseline, or one point of the frontier. Prices and limits are those
 * of the policy that knows the model, if one is given; with `capped` its budgets and reservations count too.
 */
export function singleModelPolicy(id: string, known?: PolicyFile, capped: boolean = false): Policy {
  const model = known?.models.find((candidate) => candidate.id === id)
  return parsePolicy({
    formatVersion: 1,
    policyId: capped ? `model:${id} (capped)` : `model:${id}`,
    description: capped
      ? `${id} for everything, under the budgets of ${known?.policyId ?? 'no policy'}`
      : `${id} for everything`,
    models: [model ?? unpricedModel(id)],
    selector: { kind: 'fixed', model: id },
    ...(model === undefined || known === undefined
      ? { reservation: { defaultMaxOutputTokens: UNLIMITED_TOKENS } }
      : { reservation: known.reservation, unknownPrice: known.unknownPrice }),
    ...(capped && known !== undefined
      ? { budgets: known.budgets, onExceed: known.onExceed, defer: known.defer }
      : {}),
    ...(known === undefined ? {} : { unservedQuality: known.unservedQuality }),
  })
}

function unpricedModel(id: string): Record<string, unknown> {
  return { id, tier: 0, contextWindow: UNLIMITED_TOKENS * 4, maxOutputTokens: UNLIMITED_TOKENS }
}
