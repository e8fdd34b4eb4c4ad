import { parsePolicy, type Policy } from './policy.js'
import type { PolicyFile } from './policy-schema.js'

/** Larger than any request: a call that a log says happened was short of neither context nor output. */
const UNLIMITED_TOKENS = 1_000_000_000

export interface SingleModelOptions {
  /** A policy that knows the model's prices. */
  readonly known?: PolicyFile | undefined
  /** Put it under that policy's budgets and reservations. */
  readonly capped?: boolean
  /** Needs that occur in the log: the model is taken to meet them all. */
  readonly needs?: readonly string[]
}

/**
 * The policy that asks one model for everything: a baseline, or one point of the frontier. It refuses nothing for want of
 * context, output length or capability; under the budgets of a known policy it refuses what does not fit them.
 */
export function singleModelPolicy(
  id: string,
  { known, capped = false, needs = [] }: SingleModelOptions = {},
): Policy {
  const model = known?.models.find((candidate) => candidate.id === id)
  const limits = {
    contextWindow: UNLIMITED_TOKENS * 4,
    maxOutputTokens: UNLIMITED_TOKENS,
    capabilities: needs,
  }
  return parsePolicy({
    formatVersion: 1,
    policyId: capped ? `model:${id} (capped by ${known?.policyId ?? 'no policy'})` : `model:${id}`,
    description: capped
      ? `${id} for everything, under the budgets of ${known?.policyId ?? 'no policy'}`
      : `${id} for everything`,
    models: [{ ...(model ?? { id, tier: 0 }), ...limits }],
    // Never asked, but with the same word lists the log need not be read twice.
    ...(known === undefined ? {} : { classifier: withoutInside(known.classifier) }),
    selector: { kind: 'fixed', model: id },
    ...(capped && known !== undefined
      ? {
          reservation: known.reservation,
          unknownPrice: known.unknownPrice,
          budgets: known.budgets,
          onExceed: known.onExceed,
          defer: known.defer,
        }
      : { reservation: { defaultMaxOutputTokens: UNLIMITED_TOKENS } }),
    ...(known === undefined ? {} : { unservedQuality: known.unservedQuality }),
  })
}

/** A hybrid's rules by themselves: what is inside goes with boundaries between models that are not here. */
function withoutInside(classifier: PolicyFile['classifier']): PolicyFile['classifier'] {
  return classifier.kind === 'hybrid' ? { kind: 'heuristic', heuristic: classifier.heuristic } : classifier
}
