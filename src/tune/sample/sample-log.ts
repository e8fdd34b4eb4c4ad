import { InputError } from '../../core/errors.js'
import type { LogTable } from '../../core/log-table.js'
import { usd } from '../../core/money.js'
import type { Policy } from '../../core/policy.js'
import { mostCalledModel } from '../../metrics/default-baseline.js'
import { fullyKnown } from '../../metrics/evidence-mode.js'
import { expectedCosts } from '../../metrics/outcome-cost.js'
import { planSample, type SamplePlan } from './plan-sample.js'
import { strataOf } from './strata.js'

export interface SampleLogInput {
  readonly table: LogTable
  /** Its classifier says what is hard, its prices and expected lengths what asking costs. */
  readonly policy: Policy
  /** Ids of its models. */
  readonly models: readonly string[]
  readonly detect: number
  readonly power: number
  readonly seed: number
}

export interface AskedRequest {
  readonly row: number
  readonly models: readonly string[]
  readonly probability: number
  readonly stratum: string
}

export interface LogSample {
  readonly plan: SamplePlan
  /** In order of time; without those of which the log has the only answer already. */
  readonly requests: readonly AskedRequest[]
  /** By model, expected; null where something of it is unknown. */
  readonly costUsd: Readonly<Record<string, number | null>>
}

/** Which requests of a log to ask of which models. */
export function sampleLog({ table, policy, models, ...rest }: SampleLogInput): LogSample {
  const { defaultMaxOutputTokens } = policy.file.reservation
  const costs = models.map((id) => {
    const model = policy.models.find((one) => one.id === id)
    if (model === undefined) throw new RangeError(`models must be of the policy, got ${id}`)
    return expectedCosts(table, { model, defaultMaxOutputTokens })
  })
  const together = Float64Array.from({ length: table.size }, (_, row) =>
    costs.reduce((sum, own) => sum + (own[row] ?? NaN), 0),
  )
  const difficulty = policy.classifier.difficulties(table.features, table.size)
  const plan = planSample({
    strata: strataOf(table, difficulty, together),
    costs: together,
    quality: loggedQuality(table),
    comparisons: models.length,
    ...rest,
  })
  const requests = askedRequests(plan, table, models)
  const costOf = (id: string, at: number): number =>
    requests.reduce(
      (sum, { row, models: own }) => (own.includes(id) ? sum + (costs[at]?.[row] ?? NaN) : sum),
      0,
    )
  const costUsd = Object.fromEntries(models.map((id, at) => [id, usdOf(costOf(id, at))]))
  return { plan, requests, costUsd }
}

/** Those named, of the policy's models; without names all but the one that the log called most and those that it knows already. */
export function askedModels(named: readonly string[] | undefined, policy: Policy, table: LogTable): string[] {
  const own = policy.models.map(({ id }) => id)
  if (named !== undefined) {
    const unknown = named.filter((id) => !own.includes(id))
    if (unknown.length === 0) return [...new Set(named)]
    throw new InputError(`the policy has no model ${unknown.join(', ')}; it has ${own.join(', ')}`)
  }
  const known = new Set([mostCalledModel(table), ...fullyKnown(table)])
  const asked = own.filter((id) => !known.has(id))
  if (asked.length > 0) return asked
  throw new InputError(
    `the policy has no model but ${own.join(', ')}, whose answers the log has: there is nothing to ask`,
  )
}

function askedRequests(
  plan: SamplePlan,
  { chosen, outcomes }: LogTable,
  models: readonly string[],
): AskedRequest[] {
  return plan.strata
    .flatMap(({ drawn, probability, name }) =>
      drawn.map((row) => {
        const called = outcomes[chosen[row] ?? -1]?.model
        return { row, models: models.filter((id) => id !== called), probability, stratum: name }
      }),
    )
    .filter((request) => request.models.length > 0)
    .sort((a, b) => a.row - b.row)
}

/** Of the model called; where the log does not say which, of one that answered everything. */
function loggedQuality(table: LogTable): Float64Array {
  const [answering] = fullyKnown(table)
  const stands = table.outcomes.findIndex(({ model }) => model === answering)
  return Float64Array.from(
    table.chosen,
    (model, row) => table.outcomes[model < 0 ? stands : model]?.quality[row] ?? NaN,
  )
}

function usdOf(nano: number): number | null {
  return Number.isNaN(nano) ? null : usd(nano)
}
