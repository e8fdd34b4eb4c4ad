import type { LogTable } from '../core/log-table.js'
import { FLAG_TRUNCATED, type Steps } from '../replay/steps.js'
import { bootstrapIntervals, meanOfKnown } from './bootstrap.js'
import { describe, type Clusters } from './clusters.js'
import { contributions, type Contributions } from './contributions.js'
import type { QualityDifference } from './quality-difference.js'
import type { Interval } from './result.js'
import { DIFFERENCE, withRareEvents } from './run-intervals.js'
import type { Sessions } from './sessions.js'
import { differences } from './trajectory.js'

/** Whose quality is averaged: a request's or a whole session's. */
export const QUALITY_UNITS = ['request', 'session'] as const
export type QualityUnit = (typeof QUALITY_UNITS)[number]

/** A run and its baseline session by session, in the place of requests. */
export interface SessionUnits {
  readonly sessions: Sessions
  readonly run: Contributions
  readonly baseline: Contributions
}

/** Why no estimator speaks of sessions, as the end of a sentence. */
export const NOT_ESTIMATED =
  'a session is worth what the log says of it only where every answer in it is the logged one, so quality by session is looked up and never estimated'

/**
 * What each session adds to a run's quality: its recorded outcome where the run answers every request of it as the log did, whole
 * and by the same model; `unservedQuality` where it answers none; else unknown, as where the log has no outcome of it or does
 * not say who answered. Steps in row order.
 */
export function sessionContributions(
  table: LogTable,
  sessions: Sessions,
  run: { readonly steps: Steps; readonly unservedQuality: number },
): Contributions {
  const { steps, unservedQuality } = run
  const { count, of } = sessions
  const { served: answered } = contributions(steps, unservedQuality)
  const differs = differences(table, steps)
  const served = new Uint8Array(count)
  const left = new Uint8Array(count)
  const costNanoUsd = new Float64Array(count)
  of.forEach((session, row) => {
    if (session < 0) return
    const isSaid = (table.chosen[row] ?? -1) >= 0 || table.rejected?.[row] === 1
    const isCut = ((steps.flags[row] ?? 0) & FLAG_TRUNCATED) !== 0
    if (answered[row] === 1) served[session] = 1
    if (!isSaid || isCut || differs[row] === 1) left[session] = 1
    costNanoUsd[session] = (costNanoUsd[session] ?? 0) + (steps.costNanoUsd[row] ?? NaN)
  })
  const quality = sessions.quality.map((recorded, session) => {
    if (left[session] === 0 && !Number.isNaN(recorded)) return recorded
    return served[session] === 0 ? unservedQuality : NaN
  })
  return { size: count, served, costNanoUsd, quality }
}

/** The clusters of requests with a session each in the place of its requests: where its first one stands. */
export function sessionClusters(clusters: Clusters, { first }: Sessions): Clusters {
  const numbers = new Map<number, number>()
  const of = Int32Array.from(first, (row) => {
    const cluster = clusters.of[row] ?? 0
    const known = numbers.get(cluster)
    if (known !== undefined) return known
    numbers.set(cluster, numbers.size)
    return numbers.size - 1
  })
  const { sufficient, note, ...described } = describe(clusters.unit, of)
  return { ...described, sufficient: sufficient && clusters.sufficient, note: clusters.note ?? note }
}

/** 95 % intervals of the mean and of the paired difference, over sessions. */
export function sessionIntervals(
  { sessions, run }: SessionUnits,
  difference: QualityDifference,
  drawn: { readonly clusters: Clusters; readonly replicates: number; readonly seed: number },
): { readonly quality: Interval | null; readonly difference: Interval | null } {
  const clusters = sessionClusters(drawn.clusters, sessions)
  const [quality = null, delta = null] = bootstrapIntervals({
    ...drawn,
    clusters,
    figures: [meanOfKnown(run.quality), meanOfKnown(difference.contributions)],
  })
  return {
    quality: withRareEvents(quality, clusters, run.quality, { low: 0, high: 1 }),
    difference: withRareEvents(delta, clusters, difference.contributions, DIFFERENCE),
  }
}
