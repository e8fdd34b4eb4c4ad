import type { OutcomeColumns, TextColumn } from '../../core/log-table.js'
import type { Figure } from '../bootstrap.js'
import { qualityOnHull } from '../hull.js'
import { gainFromSums } from '../hull-gain.js'
import { taskHull, type TaskPoints } from './task-hull-gain.js'

/** Cost in nano-dollars and quality in [0, 1] by row, all known. */
export type Outcomes = Pick<OutcomeColumns, 'costNanoUsd' | 'quality'>

/** What a choice of models costs and gives, row by row; every row needs a choice. */
export function outcomesOf(choice: ArrayLike<number>, models: readonly Outcomes[]): Outcomes {
  const read = (column: keyof Outcomes): Float64Array =>
    Float64Array.from(choice, (model, row) => models[model]?.[column][row] ?? NaN)
  return { costNanoUsd: read('costNanoUsd'), quality: read('quality') }
}

/**
 * The gain in quality (a fraction) of a choice over the best fixed mix of the models at its own mean cost, as a figure for
 * the bootstrap: the hull is computed anew from each replicate's means.
 */
export function choiceGain(chosen: Outcomes, models: readonly Outcomes[]): Figure {
  const singles = models.flatMap(({ costNanoUsd, quality }) => [costNanoUsd, quality])
  return {
    series: [chosen.costNanoUsd, chosen.quality, chosen.quality.map(() => 1), ...singles],
    value: gainFromSums,
  }
}

/**
 * The same over the best mixes by task (`taskHull`), which a table of tasks reaches. Those mixes are the best on these very
 * requests, so that with few requests a task the gain is understated. Requests without a task are one of their own.
 */
export function choiceTaskGain(chosen: Outcomes, models: readonly Outcomes[], task: TextColumn): Figure {
  const tasks = [...new Set(task.codes)]
  const only = (values: Float64Array, code: number): Float64Array =>
    values.map((value, row) => (task.codes[row] === code ? value : 0))
  const ones = chosen.quality.map(() => 1)
  const series = tasks.flatMap((code) => [
    only(ones, code),
    ...models.flatMap(({ costNanoUsd, quality }) => [only(costNanoUsd, code), only(quality, code)]),
  ])
  return {
    series: [chosen.costNanoUsd, chosen.quality, ...series],
    value: (sums) => taskGainFromSums(sums, models.length),
  }
}

/** Of sums [cost, quality, then by task: requests, cost and quality of each model …]. */
function taskGainFromSums(sums: Float64Array, models: number): number {
  const at = (index: number): number => sums[index] ?? 0
  const width = 1 + 2 * models
  const tasks: TaskPoints[] = []
  let total = 0
  for (let from = 2; from < sums.length; from += width) {
    const requests = at(from)
    if (requests === 0) continue
    total += requests
    const points = Array.from({ length: models }, (_, model) => ({
      label: '',
      costUsd: at(from + 1 + 2 * model) / requests,
      quality: at(from + 2 + 2 * model) / requests,
    }))
    tasks.push({ task: '', requests, points })
  }
  if (total === 0) return NaN
  const hull = taskHull(tasks)
  const cost = Math.max(at(0) / total, hull[0]?.costUsd ?? 0)
  return at(1) / total - (qualityOnHull(hull, cost) ?? NaN)
}
