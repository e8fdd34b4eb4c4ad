import { EXAMPLES } from './found.js'
import { NO_OUTCOME, type LogTable, type OutcomeColumns } from '../../core/log-table.js'

/** A model's quality or cost that jumped at some time, under the same name. */
export interface ChangePoint {
  readonly model: string
  readonly what: 'quality' | 'cost'
  /** Epoch milliseconds of the first outcome after the jump. */
  readonly at: number
  /** Means of quality, or of US dollars, before and after. */
  readonly before: number
  readonly after: number
  /** Outcomes after the jump. */
  readonly outcomes: number
  readonly examples: readonly string[]
}

/** With fewer outcomes a jump cannot be told from luck. */
const LEAST = 100
/** Ends at which a jump is not looked for: a few outcomes at the edge jump by chance. */
const EDGE = 0.05
/** Of a log in which nothing jumps, at most this share has a finding, over all models together. */
const FALSE_FINDINGS = 0.01
/** Smaller jumps than these are nothing to act on. */
const LEAST_QUALITY = 0.05
const LEAST_COST_RATIO = 1.25

/**
 * Jumps of models in logs with times of their own. The largest excursion of the cumulative sum of deviations, each from the mean
 * of its task so that a change of tasks is none of the model, against the supremum of a Brownian bridge (Csorgo & Horvath 1997,
 * Limit Theorems in Change-Point Analysis, section 2.1), with Bonferroni's correction over models and both measures; costs by
 * their logarithm. One jump a model, the largest.
 */
export function changePoints(table: LogTable): readonly ChangePoint[] {
  if (table.arrivals !== 'logged') return []
  const models = table.outcomes.filter(
    ({ basis }) => basis.filter((one) => one !== NO_OUTCOME).length >= LEAST,
  )
  const level = FALSE_FINDINGS / Math.max(1, 2 * models.length)
  return models.flatMap((outcome) => [
    ...jumpOf(table, outcome, 'quality', level),
    ...jumpOf(table, outcome, 'cost', level),
  ])
}

function jumpOf(
  table: LogTable,
  outcome: OutcomeColumns,
  what: ChangePoint['what'],
  level: number,
): readonly ChangePoint[] {
  const values = what === 'quality' ? outcome.quality : outcome.costNanoUsd
  const rows = Array.from(values.keys()).filter((row) => {
    const value = values[row] as number
    return what === 'quality' ? !Number.isNaN(value) : value > 0
  })
  const first = rows[0]
  const last = rows.at(-1)
  if (rows.length < LEAST || first === undefined || last === undefined || table.at[first] === table.at[last])
    return []
  const scale = (row: number): number =>
    what === 'quality' ? (values[row] as number) : Math.log(values[row] as number)
  const place = jumpPlace(withoutTask(table, rows, scale), level)
  if (place === undefined) return []
  const mean = (some: readonly number[]): number =>
    some.reduce((sum, row) => sum + (values[row] as number), 0) / some.length / (what === 'cost' ? 1e9 : 1)
  const [earlier, later] = [rows.slice(0, place), rows.slice(place)]
  const [before, after] = [mean(earlier), mean(later)]
  const isLarge =
    what === 'quality'
      ? Math.abs(after - before) >= LEAST_QUALITY
      : Math.max(after / before, before / after) >= LEAST_COST_RATIO
  if (!isLarge) return []
  return [
    {
      model: outcome.model,
      what,
      at: table.at[later[0] as number] as number,
      before,
      after,
      outcomes: later.length,
      examples: later.slice(0, EXAMPLES).map((row) => table.ids[row] ?? ''),
    },
  ]
}

/** Deviations from the mean of the row's task. */
function withoutTask(
  { task }: LogTable,
  rows: readonly number[],
  scale: (row: number) => number,
): Float64Array {
  const sums = new Map<number, { sum: number; count: number }>()
  for (const row of rows) {
    const code = task.codes[row] ?? -1
    const own = sums.get(code) ?? { sum: 0, count: 0 }
    own.sum += scale(row)
    own.count++
    sums.set(code, own)
  }
  return Float64Array.from(rows, (row) => {
    const { sum, count } = sums.get(task.codes[row] ?? -1) as { sum: number; count: number }
    return scale(row) - sum / count
  })
}

/** Where the second part begins; undefined where the largest excursion may be chance. */
function jumpPlace(deviations: Float64Array, level: number): number | undefined {
  const size = deviations.length
  const spread = Math.sqrt(deviations.reduce((sum, value) => sum + value * value, 0))
  if (spread === 0) return undefined
  let [sum, most, place] = [0, 0, 0]
  deviations.forEach((value, i) => {
    sum += value
    const inside = i + 1 >= EDGE * size && i + 1 <= (1 - EDGE) * size
    if (!inside || Math.abs(sum) <= most) return
    most = Math.abs(sum)
    place = i + 1
  })
  return bridgeTail(most / spread) < level ? place : undefined
}

/** The chance that a Brownian bridge goes as far: 2 x the alternating sum of exp(-2 j^2 x^2). */
function bridgeTail(x: number): number {
  let [sum, sign] = [0, 1]
  for (let j = 1; j <= 100; j++, sign = -sign) sum += sign * Math.exp(-2 * j * j * x * x)
  return x < 0.2 ? 1 : Math.max(0, 2 * sum)
}
