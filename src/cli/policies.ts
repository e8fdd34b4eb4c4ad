import { InputError, nearMiss } from '../core/errors.js'
import type { LogTable } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'
import { singleModelPolicy } from '../core/single-model-policy.js'
import { loadPolicy } from '../router/load-policy.js'

const MODEL = 'model:'

/**
 * `--policy` and `--baseline` take a policy file, or `model:ID` for one model that is asked for everything. Files are read
 * first (undefined stands for a `model:ID`), the rest is made once the log is known.
 */
export function readPolicyFiles(names: readonly string[]): Promise<(Policy | undefined)[]> {
  return Promise.all(names.map((name) => (name.startsWith(MODEL) ? undefined : loadPolicy(name))))
}

/** @throws InputError when a `model:ID` names a model of which the log holds no outcome. */
export function completePolicies(
  names: readonly string[],
  files: readonly (Policy | undefined)[],
  table: LogTable,
): Policy[] {
  return names.map((name, index) => files[index] ?? modelPolicy(name.slice(MODEL.length), files, table))
}

function modelPolicy(id: string, files: readonly (Policy | undefined)[], table: LogTable): Policy {
  checkModel(id, table)
  const known = files.find((policy) => policy?.models.some((model) => model.id === id))
  return singleModelPolicy(id, { known: known?.file, needs: needsOf(table) })
}

export function checkModel(id: string, table: LogTable): void {
  const inLog = table.outcomes.map(({ model }) => model)
  if (inLog.includes(id)) return
  const near = nearMiss(id, inLog)
  const hint = near === undefined ? `its models are ${inLog.join(', ')}` : `did you mean ${near}?`
  throw new InputError(`the log holds no outcome of the model ${id}; ${hint}`)
}

/** Every need that occurs in a log. */
export function needsOf(table: LogTable): string[] {
  return [...new Set(table.needs.values.flatMap((text) => JSON.parse(text) as string[]))]
}
