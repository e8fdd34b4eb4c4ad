import { bootstrapIntervals, meanOfKnown } from '../metrics/bootstrap.js'
import type { Arena, Slack, Trial } from './evaluate.js'
import { worstSlack } from './evaluate.js'
import { thinned, type Candidate } from './queue.js'

const REPLICATES = 1000

/** A policy on the validate part. */
export interface Judged {
  readonly trial: Trial
  /** Worst slack as a share of its bound, at the mean and at the lower end of its 95 % interval. */
  readonly slack: number
  readonly sureSlack: number
  /** Per constraint: how far its mean lies above that lower end. */
  readonly doubts: readonly number[]
}

export interface Finalist extends Judged {
  readonly candidate: Candidate
}

/**
 * Who goes on to validate: candidates that none beats in both objective and slack on tune, spread evenly from those that
 * barely miss the constraints to those with room to spare; then the best of the others. The policy as given always.
 */
export function finalists(candidates: readonly Candidate[], count: number): readonly Candidate[] {
  const chosen = new Set(candidates.slice(0, 1))
  let left = candidates.filter((candidate) => candidate.slack > -Infinity && !chosen.has(candidate))
  while (left.length > 0 && chosen.size < count) {
    const layer = front(left)
    thinned(nearConstraints(layer), count - chosen.size).forEach((candidate) => chosen.add(candidate))
    left = left.filter((candidate) => !layer.includes(candidate))
  }
  return [...chosen]
}

/**
 * Candidates far from every chance to be chosen only take places away: those that miss the constraints by more than a
 * little, and those with much more room than luck asks for, except for the cheapest that has enough: there may be none with less.
 * Where none is near, the nearest stand.
 */
function nearConstraints(layer: readonly Candidate[]): readonly Candidate[] {
  const cheapest = layer.find(({ aimed }) => aimed >= 0)
  const near = layer.filter((candidate) => {
    const { slack, aimed } = candidate
    const room = slack - aimed
    const isNear = slack === Infinity || (slack >= -0.25 * room && aimed <= 2 * room)
    return isNear || candidate === cheapest
  })
  return near.length > 0 ? near : layer.slice(-3)
}

/** By falling loss: rising room. */
function front(candidates: readonly Candidate[]): readonly Candidate[] {
  const sorted = [...candidates].sort((a, b) => a.loss - b.loss || b.slack - a.slack)
  let reached = -Infinity
  return sorted.filter(({ slack }) => {
    if (slack <= reached) return false
    reached = slack
    return true
  })
}

/**
 * How sure the constraints are: the lower end of the 95 % interval of each slack, paired with the baseline request by
 * request and resampled by session. One side of it is 97.5 %, which leaves room for being the best of a few. Of what a
 * percentile allows the exact interval counts where it is wider.
 */
export function judge(arena: Arena, trial: Trial, seed: number): Judged {
  const means = trial.slacks.map(({ values }) => values)
  const intervals = bootstrapIntervals({
    clusters: arena.clusters,
    figures: means.map(meanOfKnown),
    replicates: REPLICATES,
    seed,
  })
  const lower = new Map(means.map((values, index) => [values, intervals[index]?.[0] ?? -Infinity]))
  const doubt = ({ value, values, leastDoubt }: Slack): number =>
    Math.max(leastDoubt, value - Math.min(value, lower.get(values) ?? -Infinity))
  return {
    trial,
    slack: worstSlack(trial),
    sureSlack: worstSlack(trial, doubt),
    doubts: trial.slacks.map(doubt),
  }
}

type Surely = Pick<Judged, 'sureSlack' | 'trial'>

/** Every constraint holds with its margin for luck (up to the last bits of a sum). */
export function isSure({ sureSlack, trial }: Surely): boolean {
  return sureSlack >= -1e-12 && !Number.isNaN(trial.loss)
}

/** Lowest loss among those whose constraints surely hold. */
export function winner<One extends Surely>(judged: readonly One[]): One | undefined {
  return judged
    .filter(isSure)
    .reduce<One | undefined>((a, b) => (a === undefined || b.trial.loss < a.trial.loss ? b : a), undefined)
}

/** Where none is sure: the one that comes closest. */
export function closest(judged: readonly Finalist[]): Finalist | undefined {
  return judged.reduce<Finalist | undefined>(
    (a, b) => (a === undefined || b.sureSlack > a.sureSlack ? b : a),
    undefined,
  )
}
