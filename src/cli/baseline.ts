import { InputError } from '../core/errors.js'
import type { LogTable } from '../core/log-table.js'
import { parsePolicy, type Policy } from '../core/policy.js'
import { singleModelPolicy } from '../core/single-model-policy.js'
import { bestKnownModel, mostCalledModel } from '../metrics/default-baseline.js'
import { readPolicyFile } from '../router/load-policy.js'
import { checkModel, needsOf } from './policies.js'

/** What the policies are compared with: always uncapped, and once more under the budgets of the first policy with budgets. */
export interface Baseline {
  readonly policy: Policy
  readonly capped: Policy | undefined
  readonly label: string
  /** How it was chosen, for people. */
  readonly rule: string
}

/** `--baseline model:ID|P.json`; by default the model that the log says was called most often. */
export async function readBaseline(
  text: string | undefined,
  table: LogTable,
  policies: readonly Policy[],
): Promise<Baseline> {
  if (text !== undefined && !text.startsWith('model:')) return policyBaseline(text)

  const { model, rule } =
    text === undefined ? defaultModel(table) : { model: text.slice(6), rule: 'named with --baseline' }
  checkModel(model, table)
  const known = policies.find((policy) => policy.models.some(({ id }) => id === model))
  const budgeted = policies.find(
    (policy) => policy.budgets.length > 0 && policy.models.some(({ id }) => id === model),
  )
  const needs = needsOf(table)
  return {
    policy: singleModelPolicy(model, { known: known?.file, needs }),
    capped:
      budgeted === undefined
        ? undefined
        : singleModelPolicy(model, { known: budgeted.file, capped: true, needs }),
    label: model,
    rule,
  }
}

/** The file's own budgets make the second row, never the first: what is saved is counted from uncapped traffic. */
async function policyBaseline(path: string): Promise<Baseline> {
  const json = await readPolicyFile(path)
  const policy = parsePolicy(json)
  const named = { label: policy.policyId, rule: `the policy of ${path}` }
  if (policy.budgets.length === 0) return { policy, capped: undefined, ...named }
  const { contentHash: _capped, ...file } = json as Readonly<Record<string, unknown>>
  const uncapped = parsePolicy({ ...file, policyId: `${policy.policyId} (uncapped)`, budgets: [] })
  return { policy: uncapped, capped: policy, ...named }
}

function defaultModel(table: LogTable): { model: string; rule: string } {
  const logged = mostCalledModel(table)
  if (logged !== undefined) {
    return { model: logged, rule: 'the model that the log says was called most often' }
  }
  const best = bestKnownModel(table)
  if (best === undefined)
    throw new InputError('the log holds no model; name a baseline with --baseline model:ID')
  const unlogged = 'since the log does not say which model was called'
  return {
    model: best.model,
    rule: best.widelyKnown
      ? `the best mean quality among the models known on at least 95 % of the requests, ${unlogged}`
      : `the model known on most requests, ${unlogged} and knows no model on 95 % of them: name one with --baseline`,
  }
}
