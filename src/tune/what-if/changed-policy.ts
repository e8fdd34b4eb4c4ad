import { InputError } from '../../core/errors.js'
import { parsePolicy, type Policy } from '../../core/policy.js'
import type { Change, Pricing } from './change.js'

/**
 * The policy as the change makes it; the same one where nothing of it is concerned.
 * @throws InputError when it cannot be: a selector or a learned classifier that names a model which is gone or new.
 */
export function changedPolicy(policy: Policy, { removeModels, addModels, prices }: Change): Policy {
  const { contentHash: _hash, evidence: _evidence, forecast: _forecast, ...file } = policy.file
  const kept = file.models.filter(({ id }) => !removeModels.includes(id))
  const added = addModels.map(({ spec }) => spec).filter(({ id }) => kept.every((model) => model.id !== id))
  const models = [...kept, ...added].map((model) => {
    const pricing = prices.get(model.id)
    return pricing === undefined ? model : { ...model, pricing }
  })
  const isSame = added.length === 0 && kept.length === file.models.length && !anyOf(kept, prices)
  if (isSame) return policy
  try {
    return parsePolicy({ ...file, models, denyModels: stillThere(file.denyModels, removeModels) })
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new InputError(`${policy.policyId} cannot do with this change:`, error.issues)
  }
}

function anyOf(models: readonly { readonly id: string }[], prices: ReadonlyMap<string, Pricing>): boolean {
  return models.some(({ id }) => prices.has(id))
}

function stillThere(
  denied: Policy['file']['denyModels'],
  removed: readonly string[],
): Policy['file']['denyModels'] {
  return Object.fromEntries(
    Object.entries(denied).map(([label, ids]) => [label, ids.filter((id) => !removed.includes(id))]),
  )
}
