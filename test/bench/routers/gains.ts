import { createRandom } from '../../../src/core/random.js'
import { convexHull } from '../../../src/metrics/hull.js'
import { taskHull } from '../../../src/metrics/frontier/task-hull-gain.js'
import type { Point } from '../../../src/metrics/result.js'
import { overHull } from './model-hull.js'
import type { Routed } from './protocol.js'
import type { RouterSet } from './router-set.js'

/** Means over seeds, quality in [0, 1]. */
export interface Gain {
  readonly overHull: number
  /** Over the best that a fixed mix for each task reaches. */
  readonly overTaskHull: number
}

export interface Gains {
  readonly point: ReadonlyMap<string, Gain>
  readonly replicates: readonly ReadonlyMap<string, Gain>[]
}

/** Gains of all routers from the same resamples of requests, with the hulls made anew in each. */
export function gainsOf(
  set: RouterSet,
  routed: ReadonlyMap<string, Routed>,
  { replicates, seed }: { readonly replicates: number; readonly seed: number },
): Gains {
  const tasks = [...new Set(set.tasks)]
  const series = [
    ...tasks.flatMap((task) => {
      const own = Float64Array.from(set.tasks, (name) => (name === task ? 1 : 0))
      const within = (values: Float64Array): Float64Array => values.map((value, row) => value * own[row]!)
      return [own, ...set.models.flatMap(({ quality, costUsd }) => [within(quality), within(costUsd)])]
    }),
    ...[...routed.values()].flatMap(({ quality, costUsd }) =>
      quality.flatMap((own, index) => [own, costUsd[index]!]),
    ),
  ]
  const read = (sums: Float64Array): ReadonlyMap<string, Gain> => gainsFrom(set, { tasks, routed, sums })
  const whole = Float64Array.from(series, (values) => values.reduce((sum, value) => sum + value, 0))
  return { point: read(whole), replicates: resampledSums(series, { replicates, seed }).map(read) }
}

function gainsFrom(
  set: RouterSet,
  {
    tasks,
    routed,
    sums,
  }: {
    readonly tasks: readonly string[]
    readonly routed: ReadonlyMap<string, Routed>
    readonly sums: Float64Array
  },
): ReadonlyMap<string, Gain> {
  let at = 0
  const next = (): number => sums[at++]!
  const requests = set.prompts.length
  const byTask = tasks.map((task) => {
    const count = next()
    const points = set.models.map(({ id }): Point => {
      const quality = next() / count
      return { label: id, quality, costUsd: next() / count }
    })
    return { task, requests: count, points }
  })
  const hulls = { models: convexHull(together(byTask, requests)), tasks: taskHull(byTask) }
  const gains = [...routed].map(([name, { quality }]) => {
    let [models, perTask] = [0, 0]
    for (let index = 0; index < quality.length; index++) {
      const own = next() / requests
      const costUsd = next() / requests
      models += overHull(hulls.models, own, costUsd) / quality.length
      perTask += overHull(hulls.tasks, own, costUsd) / quality.length
    }
    return [name, { overHull: models, overTaskHull: perTask }] as const
  })
  return new Map(gains)
}

function together(
  byTask: readonly { readonly requests: number; readonly points: readonly Point[] }[],
  requests: number,
): Point[] {
  const drawn = byTask.filter((task) => task.requests > 0)
  return drawn[0]!.points.map(({ label }, model) => ({
    label,
    quality: drawn.reduce((sum, task) => sum + (task.points[model]!.quality * task.requests) / requests, 0),
    costUsd: drawn.reduce((sum, task) => sum + (task.points[model]!.costUsd * task.requests) / requests, 0),
  }))
}

/** One sum a series, a replicate: requests drawn with replacement. */
function resampledSums(
  series: readonly Float64Array[],
  { replicates, seed }: { readonly replicates: number; readonly seed: number },
): readonly Float64Array[] {
  const random = createRandom(seed)
  const rows = series[0]!.length
  const width = series.length
  const table = new Float64Array(rows * width)
  series.forEach((values, index) => values.forEach((value, row) => (table[row * width + index] = value)))
  return Array.from({ length: replicates }, () => {
    const sums = new Float64Array(width)
    for (let drawn = 0; drawn < rows; drawn++) {
      const from = random.below(rows) * width
      for (let index = 0; index < width; index++) sums[index]! += table[from + index]!
    }
    return sums
  })
}
