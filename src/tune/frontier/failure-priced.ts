import { usd } from '../../core/money.js'
import { failurePricedCost } from '../../metrics/frontier/failure-priced-cost.js'
import type { Outcomes } from '../../metrics/frontier/choice-gain.js'
import type { Interval, Point } from '../../metrics/result.js'
import { outcomesUnder, partOf, pointUnder, type Part } from './choose-setting.js'
import { intervals, type Court } from './judge.js'
import { singleModels, type OutcomeMatrix } from './outcome-matrix.js'
import type { Sweep } from './sweep.js'

/** A classifier's setting that is best where a wrong answer costs so much, beside the single model that is. */
export interface FailurePriced {
  readonly label: string
  /** Cost and wrong answers, US dollars per request of the test rows. */
  readonly usd: number
  /** The single model that is best by it where the setting was chosen, on the test rows. */
  readonly single: { readonly label: string; readonly usd: number }
  /** What the setting takes off that, a fraction; 95 %, paired request by request. */
  readonly saved: number
  readonly savedCi: Interval | null
}

/** Setting and model are chosen on the learn rows and quoted on the test rows. */
export function failurePriced(
  matrix: OutcomeMatrix,
  { settings }: Sweep,
  court: Court,
  wrongUsd: number,
): FailurePriced | null {
  const [learn, test] = [partOf(matrix, matrix.learnRows), partOf(matrix, matrix.testRows)]
  const cost = (point: Point): number => failurePricedCost(point, wrongUsd)
  const single = cheapest(singleModels(matrix, matrix.learnRows), cost)
  const setting =
    settings[
      cheapest(
        settings.map((one) => pointUnder(one, learn)),
        cost,
      )
    ]
  const alone = singleModels(matrix, matrix.testRows)[single]
  const outcomes = test.models[single]
  if (setting === undefined || alone === undefined || outcomes === undefined) return null
  const own = pricedRows(outcomesUnder(setting, test), wrongUsd)
  const other = pricedRows(outcomes, wrongUsd)
  const [savedCi = null] = intervals([{ series: [own, other], value: savedOf }], court)
  const sums = [own, other].map((values) => values.reduce((sum, value) => sum + value, 0))
  return {
    label: setting.label,
    usd: (sums[0] ?? NaN) / rowsOf(test),
    single: { label: alone.label, usd: cost(alone) },
    saved: savedOf(Float64Array.from(sums)),
    savedCi,
  }
}

function savedOf([own = NaN, other = NaN]: Float64Array): number {
  return other > 0 ? 1 - own / other : NaN
}

function rowsOf({ rows }: Part): number {
  return Math.max(1, rows.length)
}

function pricedRows({ costNanoUsd, quality }: Outcomes, wrongUsd: number): Float64Array {
  return costNanoUsd.map((cost, row) =>
    failurePricedCost({ costUsd: usd(cost), quality: quality[row] ?? NaN }, wrongUsd),
  )
}

/** Index of the first point that costs least, -1 without points. */
function cheapest(points: readonly Point[], cost: (point: Point) => number): number {
  const costs = points.map(cost)
  return costs.indexOf(Math.min(...costs))
}
