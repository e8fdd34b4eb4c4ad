import { convexHull } from '../../../src/metrics/hull.js'
import { mean, type RouterModel } from './router-set.js'

const MOST_MODELS = 6

/** The models on the hull, cheapest first; of more than six those that lie nearest to even steps of log cost. */
export function spreadOnHull(models: readonly RouterModel[]): readonly RouterModel[] {
  const points = models.map(({ id, quality, costUsd }) => ({
    label: id,
    costUsd: mean(costUsd),
    quality: mean(quality),
  }))
  const hull = convexHull(points)
  const kept =
    hull.length <= MOST_MODELS
      ? hull.map((_, index) => index)
      : evenSteps(hull.map((point) => Math.log(point.costUsd)))
  return kept.map((index) => models.find(({ id }) => id === hull[index]!.label)!)
}

function evenSteps(logs: readonly number[]): number[] {
  const [first, last] = [logs[0]!, logs.at(-1)!]
  const taken = new Set<number>()
  for (let step = 0; step < MOST_MODELS; step++) {
    const wanted = first + ((last - first) * step) / (MOST_MODELS - 1)
    const free = logs.map((_, index) => index).filter((index) => !taken.has(index))
    taken.add(free.reduce((a, b) => (Math.abs(logs[b]! - wanted) < Math.abs(logs[a]! - wanted) ? b : a)))
  }
  return [...taken].sort((a, b) => a - b)
}
