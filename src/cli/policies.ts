import { InputError, nearMiss } from '../core/errors.js'
import type { LogTable } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'
import { singleModelPolicy } from '../core/single-model-policy.js'
import { loadPolicy } from '../router/load-policy.js'

const MODEL = 'model:'

/** `--policy` and `--baseline` take a policy file, or `model:ID` for one model that is asked for everything. */
export async function readPolicies(names: readonly string[]): Promise<Policy[]> {
  const files = await Promise.all(
    names.map((name) => (name.startsWith(MODEL) ? undefined : loadPolicy(name))),
  )
  return names.map((name, index) => files[index] ?? singleModelOf(name.slice(MODEL.length), files))
}

function singleModelOf(id: string, files: readonly (Policy | undefined)[]): Policy {
  const known = files.find((policy) => policy?.models.some((model) => model.id === id))
  return singleModelPolicy(id, known?.file)
}

/** @throws InputError when a `model:ID` names a model that neither the log nor its policy knows. */
export function checkModels(names: readonly string[], table: LogTable): void {
  const inLog = table.outcomes.map(({ model }) => model)
  for (const name of names) {
    if (!name.startsWith(MODEL)) continue
    const id = name.slice(MODEL.length)
    if (inLog.includes(id)) continue
    const near = nearMiss(id, inLog)
    const hint = near === undefined ? `its models are ${inLog.join(', ')}` : `did you mean ${near}?`
    throw new InputError(`the log holds no outcome of the model ${id}; ${hint}`)
  }
}
