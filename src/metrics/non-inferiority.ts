import { NANO_PER_USD } from '../core/money.js'
import { CLUSTER_LABELS, MIN_UNITS, type Clusters } from './clusters.js'
import { KNOWN_ENOUGH } from './contributions.js'
import { ESTIMATES_ALLOWED } from './cost-basis.js'
import { pairedUnits, type PairedUnits } from './paired-units.js'
import { identicalInterval, type Range } from './rare-events.js'
import type { Interval } from './result.js'
import { timesForLimit, tiltedLimits, total } from './tilted-limit.js'

export type Verdict = 'pass' | 'fail' | 'inconclusive'

/** What a verdict stands on. */
export type Because =
  /** Where the limits lie. */
  | 'limits'
  /** No request differs, and the bound lies within what such a log cannot exclude, or beyond it. */
  | 'identical'
  /** The two policies decide by the same rules. */
  | 'samePolicy'
  /** Known for less than 95 % of the requests under both. */
  | 'unknown'
  /** More than 5 % of what differs is the planner's expectation. */
  | 'estimated'
  /** Fewer sessions, users or windows than `unitsToJudge`. */
  | 'fewUnits'

/** Candidate against incumbent in one measure. */
export interface Judged {
  readonly verdict: Verdict
  readonly because: Because
  /** Candidate minus incumbent; null where unknown. */
  readonly delta: number | null
  /** One-sided 95 % limits, below and above; null where there are none. */
  readonly limits: Interval | null
  /** What the limit is held against: the difference must be above it (quality) or below it (cost). */
  readonly bound: number
  /** Requests (or sessions) known under both. */
  readonly knownShare: number
  /** For a power of 80 %, if differences stay as they are here; null where that is unknown or no number would do. */
  readonly neededRequests: number | null
}

export interface NonInferiority {
  readonly verdict: Verdict
  readonly quality: Judged
  readonly cost: Judged & {
    /** Relative to the incumbent's cost, unless that is nothing: then in US dollars per request. */
    readonly unit: 'share' | 'usdPerRequest'
  }
  /** Of whichever is inconclusive the most; null with a verdict. */
  readonly neededRequests: number | null
}

export interface NonInferiorityInput {
  readonly clusters: Clusters
  /** Candidate minus incumbent, a request (or session) each, in [-1, 1]; NaN unknown. */
  readonly quality: Float64Array
  /** Where quality is judged by session: the clusters of sessions, and how many requests there are to one. */
  readonly bySession?: { readonly clusters: Clusters; readonly requestsEach: number } | undefined
  /** In nano-dollars, a request each; NaN unknown. */
  readonly candidateCost: Float64Array
  readonly incumbentCost: Float64Array
  /** Share of the requests whose cost differs and is estimated under either. */
  readonly costEstimatedShare: number
  /** The policies differ in nothing that decides. */
  readonly samePolicy: boolean
  /** Absolute, from 0 to 1. */
  readonly maxQualityDrop: number
  /** As a share of the incumbent's cost; negative where a saving is asked for. */
  readonly maxCostRise: number
}

const QUALITY_RANGE: Range = { low: -1, high: 1 }
/** Two-sided level whose ends are one-sided 95 % limits. */
const BOTH_ENDS = 0.9
/** Of 80 %, as a quantile of the normal distribution. */
const POWER = 0.8416

/**
 * Non-inferiority by paired differences, request by request: `pass` where the lower limit of quality is above minus the
 * drop that is allowed and the upper limit of cost below the rise that is; `fail` where the upper limit of quality is at
 * or below that, or the lower limit of cost at or above its bound; else `inconclusive`. Both must pass, so each is tested at
 * one-sided 5 % and the whole errs no oftener (intersection-union: Berger 1982, https://doi.org/10.1080/00401706.1982.10487790).
 */
export function nonInferiority(input: NonInferiorityInput): NonInferiority {
  const quality = judgeQuality(input)
  const cost = judgeCost(input)
  const verdict = both(quality.verdict, cost.verdict)
  return {
    verdict,
    quality,
    cost,
    neededRequests: verdict === 'inconclusive' ? neededOf([quality, cost]) : null,
  }
}

function both(one: Verdict, other: Verdict): Verdict {
  if (one === 'fail' || other === 'fail') return 'fail'
  return one === 'pass' && other === 'pass' ? 'pass' : 'inconclusive'
}

/** What is open without a number leaves the whole without one. */
function neededOf(judged: readonly Judged[]): number | null {
  const open = judged.filter(({ verdict }) => verdict === 'inconclusive')
  if (open.some(({ neededRequests }) => neededRequests === null)) return null
  return Math.max(...open.map(({ neededRequests }) => neededRequests ?? 0))
}

function judgeQuality(input: NonInferiorityInput): Judged {
  const { quality, samePolicy, maxQualityDrop, bySession } = input
  const bound = -maxQualityDrop
  const verdictOf = ([low, high]: Interval): Verdict =>
    low > bound ? 'pass' : high <= bound ? 'fail' : 'inconclusive'
  const judged = judge({
    clusters: bySession?.clusters ?? input.clusters,
    differences: quality,
    sizes: undefined,
    bound,
    range: QUALITY_RANGE,
    verdictOf,
    unsure: samePolicy ? 'samePolicy' : undefined,
  })
  const { neededRequests: needed } = judged
  return needed === null || bySession === undefined
    ? judged
    : { ...judged, neededRequests: Math.ceil(needed * bySession.requestsEach) }
}

function judgeCost(input: NonInferiorityInput): NonInferiority['cost'] {
  const { clusters, candidateCost, incumbentCost, maxCostRise, samePolicy, costEstimatedShare } = input
  const differences = candidateCost.map((cost, row) => cost - (incumbentCost[row] ?? NaN))
  const incumbent = knownSum(incumbentCost, differences)
  const dearest = Math.max(largest(candidateCost), largest(incumbentCost))
  const isShare = incumbent.sum > 0
  const unit = isShare ? incumbent.sum / incumbent.known : NANO_PER_USD
  const bound = isShare ? maxCostRise : 0
  const range = { low: isShare ? -1 : 0, high: dearest / unit }
  const verdictOf = ([low, high]: Interval, isIdentical: boolean): Verdict => {
    if (high < bound || (isIdentical && bound >= 0)) return 'pass'
    return low >= bound ? 'fail' : 'inconclusive'
  }
  const judged = judge({
    clusters,
    differences: differences.map((value) => value / unit),
    sizes: isShare ? incumbentCost.map((cost) => cost / unit) : undefined,
    bound,
    range,
    verdictOf,
    unsure: samePolicy ? 'samePolicy' : costEstimatedShare > ESTIMATES_ALLOWED ? 'estimated' : undefined,
  })
  return { ...judged, unit: isShare ? 'share' : 'usdPerRequest' }
}

/**
 * By the rule of three a kind of session that makes up a twentieth of them is missing from 60 in less than one log of
 * twenty (0.95^60 < 0.05). What a log holds nothing of no limit knows, and sessions and users differ more than windows
 * do, in which they are mixed.
 */
const OWNERS_TO_JUDGE = 60

/** How many there must be for a verdict. */
export function unitsToJudge({ unit }: Pick<Clusters, 'unit'>): number {
  return CLUSTER_LABELS.some((label) => unit === `${label}s`) ? OWNERS_TO_JUDGE : MIN_UNITS
}

interface Question {
  readonly clusters: Clusters
  readonly differences: Float64Array
  readonly sizes: Float64Array | undefined
  readonly bound: number
  readonly range: Range
  readonly verdictOf: (limits: Interval, isIdentical: boolean) => Verdict
  readonly unsure: 'samePolicy' | 'estimated' | undefined
}

function judge(question: Question): Judged {
  const { clusters, differences, sizes, bound, range, verdictOf, unsure } = question
  const known = differences.reduce((count, value) => (Number.isNaN(value) ? count : count + 1), 0)
  const knownShare = differences.length === 0 ? 0 : known / differences.length
  const open = { verdict: 'inconclusive', limits: null, bound, knownShare, neededRequests: null } as const
  if (known === 0 || knownShare < KNOWN_ENOUGH) return { ...open, because: 'unknown', delta: null }
  const units = pairedUnits(clusters, differences, sizes)
  const delta = total(units, units.sums) / total(units, units.sizes)
  if (differences.every((value) => value === 0 || Number.isNaN(value)))
    return judgeIdentical(question, knownShare)
  if (unsure === 'estimated') return { ...open, because: unsure, delta }
  if (clusters.units < unitsToJudge(clusters)) return { ...open, because: 'fewUnits', delta }
  const raw = tiltedLimits(units) ?? identicalInterval(delta, units.effectiveUnits, range, BOTH_ENDS)
  const limits: Interval = [Math.max(range.low, raw[0]), Math.min(range.high, raw[1])]
  const verdict = verdictOf(limits, false)
  const needed = (): number => Math.ceil(timesToSettle(question, units, delta) * differences.length)
  return {
    verdict,
    because: 'limits',
    delta,
    limits,
    bound,
    knownShare,
    neededRequests: verdict === 'inconclusive' ? countable(Math.max(needed(), differences.length + 1)) : null,
  }
}

/** How many times as many requests like these would settle it. */
function timesToSettle({ bound, range }: Question, units: PairedUnits, delta: number): number {
  const edge = delta > bound ? range.low : range.high
  return (
    timesForLimit(units, bound, POWER) ??
    unitsToExclude((delta - bound) / (delta - edge)) / units.effectiveUnits
  )
}

/** No difference was seen: there may be some that are too rare to be seen, by the exact binomial limit (rule of three). */
function judgeIdentical(question: Question, knownShare: number): Judged {
  const { clusters, differences, bound, range, verdictOf, unsure } = question
  const { effectiveUnits } = clusters
  const limits = identicalInterval(0, effectiveUnits, range, BOTH_ENDS)
  const isSame = unsure === 'samePolicy' && verdictOf([0, 0], true) === 'pass'
  const verdict = isSame ? 'pass' : verdictOf(limits, true)
  const needed = (unitsToExclude(bound / range.low) * differences.length) / effectiveUnits
  return {
    verdict,
    because: isSame ? 'samePolicy' : 'identical',
    delta: 0,
    // Where nothing costs anything there is no telling how much a request might.
    limits: range.high > range.low ? limits : null,
    bound,
    knownShare,
    neededRequests: verdict === 'inconclusive' ? countable(Math.ceil(needed)) : null,
  }
}

/** Units without an event after which a chance of `share` for one is excluded at 95 %. */
function unitsToExclude(share: number): number {
  return Math.log((1 - BOTH_ENDS) / 2) / Math.log1p(-share)
}

/** No number of requests settles what lies on its bound. */
function countable(needed: number): number | null {
  return Number.isSafeInteger(needed) && needed > 0 ? needed : null
}

function knownSum(
  values: Float64Array,
  differences: Float64Array,
): { readonly sum: number; readonly known: number } {
  let [sum, known] = [0, 0]
  differences.forEach((difference, row) => {
    if (Number.isNaN(difference)) return
    sum += values[row] ?? 0
    known++
  })
  return { sum, known }
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => (value > most ? value : most), 0)
}
