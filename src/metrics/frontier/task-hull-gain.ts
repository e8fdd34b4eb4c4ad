import { sum } from 'simple-statistics'
import { convexHull, qualityOnHull } from '../hull.js'
import type { Point } from '../result.js'

/** The single models on the requests of one task. */
export interface TaskPoints {
  readonly task: string
  readonly requests: number
  /** Mean cost and quality of each model on this task. */
  readonly points: readonly Point[]
}

/**
 * The hull of mixes by task: the best quality at a mean cost when each task may have its own fixed mix of single models.
 * It starts with every task at its cheapest model and takes the steps of all tasks' hulls by falling slope, each
 * weighted by the task's share of the requests; that greedy order is the optimum, since each hull is concave (the tasks
 * have one Lagrange multiplier in common, the price of quality). Means per request of all tasks together; a point is
 * labelled by the step that leads to it. Empty without requests, and where a task with requests has no points.
 */
export function taskHull(tasks: readonly TaskPoints[]): readonly Point[] {
  const wrong = tasks.find(({ requests }) => !(Number.isInteger(requests) && requests >= 0))
  if (wrong !== undefined) {
    throw new RangeError(
      `requests must be a whole number of at least 0, got ${wrong.requests} for ${wrong.task}`,
    )
  }
  const total = sum(tasks.map(({ requests }) => requests))
  const hulls = tasks
    .filter(({ requests }) => requests > 0)
    .map(({ task, requests, points }) => weighted(task, requests / total, convexHull(points)))
  if (hulls.length === 0 || hulls.some((hull) => hull.length === 0)) return []
  const starts = hulls.flatMap((hull) => hull.slice(0, 1))
  let at: Point = {
    label: 'the cheapest model of each task',
    costUsd: sum(starts.map(({ costUsd }) => costUsd)),
    quality: sum(starts.map(({ quality }) => quality)),
  }
  const merged = [at]
  for (const step of hulls.flatMap(steps).sort((a, b) => slope(b) - slope(a))) {
    at = { label: step.label, costUsd: at.costUsd + step.costUsd, quality: at.quality + step.quality }
    merged.push(at)
  }
  return merged
}

/**
 * A policy's gain over the hull of mixes by task: its mean quality minus the best that a fixed mix for each task reaches
 * at the same total cost. The plain gain over the hull counts it as skill that a policy tells tasks apart, which a table
 * of tasks can do; this one leaves what it finds out about requests within a task. Quality in [0, 1]; `costUsd` is the
 * policy's total over the requests of all tasks. Null without requests or points, and where the policy costs less than
 * the cheapest model of each task.
 */
export function taskHullGain(
  tasks: readonly TaskPoints[],
  policy: { readonly costUsd: number; readonly quality: number },
): number | null {
  const requests = sum(tasks.map((task) => task.requests))
  const onHull = qualityOnHull(taskHull(tasks), policy.costUsd / requests)
  return onHull === null ? null : policy.quality - onHull
}

function weighted(task: string, share: number, hull: readonly Point[]): readonly Point[] {
  return hull.map(({ label, costUsd, quality }) => ({
    label: `${task}: ${label}`,
    costUsd: costUsd * share,
    quality: quality * share,
  }))
}

/** From each point of a hull to the next, as differences, labelled by where they lead. */
function steps(hull: readonly Point[]): readonly Point[] {
  return hull.slice(1).map((to, index) => {
    const from = hull[index] ?? to
    return { label: to.label, costUsd: to.costUsd - from.costUsd, quality: to.quality - from.quality }
  })
}

function slope({ costUsd, quality }: Point): number {
  return quality / costUsd
}
