import type { LogTable } from '../../core/log-table.js'
import type { Overlap } from '../result.js'
import { percentile } from '../bootstrap.js'
import type { Observed } from './observed.js'
import { NO_CALL, type TargetRows } from './target-rows.js'

/** By row, of the target's call: 1 where the log gave that model a chance, 0 where it had none, NaN where the log does not say. */
export function supportOf(
  { chosen, propensity, propensities, outcomes, sampled }: LogTable,
  actions: Int32Array,
  observed: Observed,
): Float64Array {
  if (sampled !== undefined)
    return Float64Array.from(actions, (action, row) =>
      action === NO_CALL ? NaN : (observed.chance[row] ?? NaN) > 0 ? 1 : 0,
    )
  const columns = outcomes.map(({ model }) => propensities?.[model])
  const anyChances = propensities === undefined ? undefined : Object.values(propensities)[0]
  const isCalled = outcomes.map((_, place) =>
    chosen.some((one, row) => one === place && (propensity[row] ?? 0) > 0),
  )
  return Float64Array.from(actions, (action, row) => {
    if (action === NO_CALL) return NaN
    const chance = propensity[row] ?? NaN
    if (action === chosen[row] && chance > 0) return 1
    const isTold = anyChances !== undefined && !Number.isNaN(anyChances[row])
    if (isTold) return (columns[action]?.[row] ?? 0) > 0 ? 1 : 0
    return chance >= 1 || isCalled[action] !== true ? 0 : NaN
  })
}

const QUANTILES = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1]

/** How much of what the target does the log did too. `rows` with every outcome whose propensity is known. */
export function overlap(
  table: LogTable,
  actions: Int32Array,
  support: Float64Array,
  rows: TargetRows,
): Overlap {
  const calls = sum(rows.called)
  const share = (count: number): number => (calls === 0 ? 0 : count / calls)
  const weights = rows.weight.filter((weight) => weight > 0).sort()
  const { mean, error } = meanWeight(rows)
  return {
    calls,
    usableShare: share(sum(rows.usable)),
    sameCallShare: share(weights.length),
    supportedShare: share(count(support, (value) => value === 1)),
    unsupportedShare: share(count(support, (value) => value === 0)),
    unsaidShare: share(count(support, Number.isNaN) - (rows.size - calls)),
    meanWeight: Number.isNaN(mean) ? null : mean,
    meanWeightError: Number.isNaN(error) ? null : error,
    weightQuantiles:
      weights.length === 0 ? [] : QUANTILES.map((at) => ({ share: at, weight: percentile(weights, at) })),
    models: modelRows(table, actions, support, rows),
  }
}

/**
 * The mean weight over usable calls: 1 in expectation where the propensities are right, every target call had a chance and
 * the lots are independent. Its standard error is that of the design, whose variance a row is 1 / propensity - 1.
 */
function meanWeight({ weight, usable }: TargetRows): { readonly mean: number; readonly error: number } {
  const rows = sum(usable)
  const spread = weight.reduce((total, each) => total + each * Math.max(0, each - 1), 0)
  return { mean: sum(weight) / rows, error: Math.sqrt(spread) / rows }
}

function modelRows(
  { outcomes }: LogTable,
  actions: Int32Array,
  support: Float64Array,
  { weight }: TargetRows,
): Overlap['models'] {
  const rows = [...outcomes.map(({ model }) => model), 'others, not in the log'].map((model) => ({
    model,
    calls: 0,
    sameCalls: 0,
    unsupported: 0,
  }))
  actions.forEach((action, row) => {
    const own = action === NO_CALL ? undefined : (rows[action] ?? rows.at(-1))
    if (own === undefined) return
    own.calls++
    if ((weight[row] ?? 0) > 0) own.sameCalls++
    if (support[row] === 0) own.unsupported++
  })
  return rows.filter(({ calls }) => calls > 0)
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0)
}

function count(values: Float64Array, is: (value: number) => boolean): number {
  return values.reduce((total, value) => (is(value) ? total + 1 : total), 0)
}
