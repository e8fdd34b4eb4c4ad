import type { LogTable, OutcomeColumns } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'
import type { Steps } from '../replay/steps.js'
import type { Contributions } from './contributions.js'
import { feasibleModels } from './feasible-models.js'

/** Served requests among which models may be exchanged: each could have had every model that occurs in its stratum. */
export interface ShuffleStrata {
  /** The models that the run used, as outcome columns of the log. */
  readonly outcomes: readonly OutcomeColumns[]
  /** Stratum of each row, -1 where the request stays out. */
  readonly of: Int32Array
  /** Index into `outcomes` of the model that the row got. */
  readonly assigned: Int16Array
  /** Share of each model in each stratum, `stratum * outcomes.length + model`. */
  readonly shares: Float64Array
  /** Mean quality of each model over all requests of each stratum. */
  readonly meanQuality: Float64Array
}

/**
 * Rows with the same needs, of which the same of the used models are known, and the same feasible under the policy, form
 * a stratum: a model that only fits short requests was not handed those by choice.
 */
export function shuffleStrata(
  table: LogTable,
  steps: Steps,
  run: Contributions,
  policy?: Policy,
): ShuffleStrata {
  const { outcomes, assigned } = usedOutcomes(table, steps)
  const eligible = run.quality.map((quality, row) => {
    const own = outcomes[assigned[row] ?? -1]
    return run.served[row] === 1 && !Number.isNaN(quality) && !Number.isNaN(own?.quality[row] ?? NaN) ? 1 : 0
  })
  let of: Int32Array = table.needs.codes.map((code, row) => (eligible[row] === 1 ? code + 1 : -1))
  for (const { quality } of outcomes) of = refine(of, (row) => !Number.isNaN(quality[row]))
  if (policy !== undefined && outcomes.length > 1) {
    const ids = outcomes.map(({ model }) => model)
    for (const feasible of feasibleModels(table, policy, ids)) of = refine(of, (row) => feasible[row] === 1)
  }
  return { outcomes, of, assigned, ...totals(of, outcomes, assigned) }
}

function usedOutcomes(
  table: LogTable,
  steps: Steps,
): { outcomes: readonly OutcomeColumns[]; assigned: Int16Array } {
  const used = new Set(steps.model)
  const outcomes = table.outcomes.filter((outcome) =>
    steps.models.some((model, index) => model.id === outcome.model && used.has(index)),
  )
  const columnOf = steps.models.map((model) => outcomes.findIndex((outcome) => outcome.model === model.id))
  return { outcomes, assigned: steps.model.map((model) => columnOf[model] ?? -1) }
}

/** Splits every stratum by whether something holds for a row; numbers stay without gaps. */
function refine(strata: Int32Array, holds: (row: number) => boolean): Int32Array {
  const numbers = new Map<number, number>()
  return strata.map((stratum, row) => {
    if (stratum < 0) return -1
    const key = stratum * 2 + (holds(row) ? 1 : 0)
    const number = numbers.get(key) ?? numbers.size
    numbers.set(key, number)
    return number
  })
}

function totals(
  of: Int32Array,
  outcomes: readonly OutcomeColumns[],
  assigned: Int16Array,
): { shares: Float64Array; meanQuality: Float64Array } {
  const width = outcomes.length
  const strata = of.reduce((most, stratum) => Math.max(most, stratum + 1), 0)
  const sizes = new Float64Array(strata)
  const shares = new Float64Array(strata * width)
  const meanQuality = new Float64Array(strata * width)
  of.forEach((stratum, row) => {
    if (stratum < 0) return
    sizes[stratum] = (sizes[stratum] ?? 0) + 1
    const cell = stratum * width + (assigned[row] ?? 0)
    shares[cell] = (shares[cell] ?? 0) + 1
    for (let index = 0; index < width; index++) {
      const mean = stratum * width + index
      meanQuality[mean] = (meanQuality[mean] ?? 0) + (outcomes[index]?.quality[row] ?? NaN)
    }
  })
  const perRequest = (total: number, cell: number): number => total / (sizes[Math.floor(cell / width)] ?? NaN)
  return { shares: shares.map(perRequest), meanQuality: meanQuality.map(perRequest) }
}
