import { InputError } from '../core/errors.js'
import type { LogTable } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'
import { singleModelPolicy } from '../core/single-model-policy.js'
import { singles } from '../metrics/singles.js'
import { loadPolicy } from '../router/load-policy.js'
import { checkModel, needsOf } from './policies.js'

/** What the policies are compared with: always uncapped, and once more under the budgets of the first policy that has any. */
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

async function policyBaseline(path: string): Promise<Baseline> {
  const policy = await loadPolicy(path)
  return { policy, capped: undefined, label: policy.policyId, rule: `the policy of ${path}` }
}

function defaultModel(table: LogTable): { model: string; rule: string } {
  const counts = new Array<number>(table.outcomes.length).fill(0)
  for (const code of table.chosen) if (code >= 0) counts[code] = (counts[code] ?? 0) + 1
  const most = counts.indexOf(Math.max(...counts))
  const logged = table.outcomes[most]?.model
  if (logged !== undefined && (counts[most] ?? 0) > 0) {
    return { model: logged, rule: 'the model that the log says was called most often' }
  }
  const best = [...singles(table)].sort((a, b) => (b.meanQuality ?? -1) - (a.meanQuality ?? -1))[0]
  if (best === undefined)
    throw new InputError('the log holds no model; name a baseline with --baseline model:ID')
  return {
    model: best.model,
    rule: 'the model of the best mean quality, since the log does not say which model was called',
  }
}
