import { NO_OUTCOME, type LogTable } from '../../core/log-table.js'
import type { Policy } from '../../core/policy.js'
import type { Steps } from '../../replay/steps.js'
import { contributions, KNOWN_ENOUGH } from '../contributions.js'
import { feasibleModels } from '../feasible-models.js'
import { withReplayCosts } from '../outcome-cost.js'
import { envelopeOf, knapsackBound, type Envelope } from './knapsack-dual.js'
import { allowances, RELAXATIONS } from './window-constraints.js'

export type ClairvoyantBound =
  | {
      readonly kind: 'bound'
      /** Mean over offered requests. */
      readonly quality: number
      /** Pools in stretches of time whose money ran out even so. */
      readonly binding: number
      /** What the budgets forbid and the bound allows. */
      readonly relaxations: readonly string[]
    }
  | { readonly kind: 'none'; readonly because: string }

/**
 * The best quality that any policy over the same models could have had under the policy's budgets, had it known every outcome:
 * one option for each request (a model that can take it, what the policy itself did, or no answer), and each stretch of time's
 * options within what the pool allows, or within what the policy spent there where that is more (`estimateWithMargin`).
 * Never below the replayed quality of a policy with the same budgets (`knapsack-dual.ts`).
 * @param steps of the policy's replay, in row order.
 */
export function clairvoyantBound(table: LogTable, policy: Policy, steps: Steps): ClairvoyantBound {
  if (policy.models.some(({ promptCache }) => promptCache !== undefined))
    return none('with prompt caches what a request costs depends on the ones before it')
  const unserved = policy.file.unservedQuality
  const mayDefer = Object.values(policy.file.onExceed).includes('defer')
  const { list, refused, relaxations } = allowances(table, policy.budgets, mayDefer)
  const options = readOptions(table, policy)
  const own = contributions(steps, unserved)
  const costs = new Float64Array(table.size)
  const items: Envelope[] = []
  let unknown = 0
  for (let row = 0; row < table.size; row++) {
    const cost = own.costNanoUsd[row] ?? NaN
    const quality = own.quality[row] ?? NaN
    costs[row] = Number.isNaN(cost) ? 0 : cost
    const choices = [{ cost: 0, value: unserved }]
    if (!Number.isNaN(quality)) choices.push({ cost: costs[row] ?? 0, value: quality })
    if (refused[row] === 0 && options.add(row, choices)) unknown++
    items.push(envelopeOf(choices))
  }
  if (unknown > (1 - KNOWN_ENOUGH) * table.size)
    return none(`${unknown} of ${table.size} requests have an outcome of unknown quality or cost`)
  const constraints = list.map(({ rows, nanoUsd }) => ({
    items: rows,
    budget: Math.max(
      nanoUsd,
      rows.reduce((sum, row) => sum + (costs[row] ?? 0), 0),
    ),
  }))
  const { bound, prices } = knapsackBound({ items, constraints })
  return {
    kind: 'bound',
    quality: table.size === 0 ? 0 : bound / table.size,
    binding: prices.reduce((count, price) => (price > 0 ? count + 1 : count), 0),
    relaxations: [...relaxations].map((name) => RELAXATIONS[name]),
  }
}

function none(because: string): ClairvoyantBound {
  return { kind: 'none', because }
}

interface Options {
  /** The models' outcomes of the request. True where something of one is unknown: then it counts as free, or as perfect. */
  add(row: number, choices: { cost: number; value: number }[]): boolean
}

function readOptions(table: LogTable, policy: Policy): Options {
  const { file, models, budgets } = policy
  const grants = { defaultMaxOutputTokens: file.reservation.defaultMaxOutputTokens }
  const priced = withReplayCosts(
    table,
    models.map((model) => ({ model, ...grants })),
  ).table
  const ids = models.map(({ id }) => id)
  const feasible = feasibleModels(table, policy, ids)
  const columns = ids.map((id) => priced.outcomes.find(({ model }) => model === id))
  const most = budgets.reduce(
    (least, { perRequest, capNanoUsd }) => (perRequest ? Math.min(least, capNanoUsd) : least),
    Infinity,
  )
  return {
    add(row, choices) {
      let isUnknown = false
      for (const [index, column] of columns.entries()) {
        if (feasible[index]?.[row] !== 1) continue
        const has = column !== undefined && column.basis[row] !== NO_OUTCOME
        const quality = has ? (column.quality[row] ?? NaN) : NaN
        const cost = has ? (column.costNanoUsd[row] ?? NaN) : NaN
        if (Number.isNaN(quality) || Number.isNaN(cost)) isUnknown = true
        const value = Number.isNaN(quality) ? 1 : quality
        const known = Number.isNaN(cost) ? 0 : cost
        if (known <= most) choices.push({ cost: known, value })
      }
      return isUnknown
    },
  }
}
