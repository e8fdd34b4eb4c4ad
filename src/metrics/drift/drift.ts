import {
  BINNED,
  MEASURES,
  type Binned,
  type Bins,
  type Mean,
  type Measure,
  type Profile,
} from '../../core/forecast-schema.js'
import { studentTail } from '../student-tail.js'
import { holmAdjusted } from '../holm.js'
import { kolmogorovSmirnov } from './kolmogorov-smirnov.js'
import { populationStability } from './psi.js'

/** Changes up to these are no drift, however sure they are. */
export interface DriftLimits {
  /** Relative. */
  readonly costUsd: number
  /** Absolute, as are the rest. */
  readonly quality: number
  readonly share: number
  readonly rejectShare: number
  /** Population stability index. */
  readonly psi: number
}

export const DRIFT_LIMITS: DriftLimits = {
  costUsd: 0.1,
  quality: 0.02,
  share: 0.05,
  rejectShare: 0.01,
  psi: 0.2,
}

/** One thing that was promised and is looked at again. */
export interface DriftCheck {
  /** `all`, `model:ID`, `task:NAME`. */
  readonly segment: string
  readonly measure: Measure | Binned
  /** Means; of a distribution null. */
  readonly expected: number | null
  readonly seen: number | null
  /** Of a cost relative to what was expected; of a distribution the population stability index. */
  readonly change: number
  readonly limit: number
  /** Kolmogorov and Smirnov's distance, of distributions. */
  readonly distance: number | null
  /** After Holm's correction over all checks. */
  readonly pValue: number
  /** Beyond its limit, and not by chance. */
  readonly alarm: boolean
}

export interface Drift {
  readonly requests: number
  readonly expectedFrom: number
  readonly alarms: number
  readonly checks: readonly DriftCheck[]
  /** What was promised and could not be looked at: too little is known, or nothing of it is left. */
  readonly unchecked: readonly { readonly segment: string; readonly measure: Measure | Binned }[]
}

/** Of all weeks in which nothing has changed, at most this share raises an alarm. */
const FALSE_ALARMS = 0.05
/** Clusters that a standard error needs on each side. */
const LEAST_UNITS = 10

/**
 * A log against what was expected of it. A check alarms where its change is beyond its limit and significant at 5 % after Holm's
 * correction over all checks: the first keeps large logs from alarming at trifles, the second small ones at chance.
 */
export function driftOf(expected: Profile, seen: Profile, limits: DriftLimits): Drift {
  const [means, missing] = meanChecks(expected, seen, limits)
  const [bins, missingBins] = binChecks(expected, seen, limits)
  const raw = [...means, ...bins]
  const adjusted = holmAdjusted(raw.map(({ pValue }) => pValue))
  const checks = raw.map((check, index) => {
    const pValue = adjusted[index] ?? 1
    return { ...check, pValue, alarm: Math.abs(check.change) > check.limit && pValue < FALSE_ALARMS }
  })
  return {
    requests: seen.requests,
    expectedFrom: expected.requests,
    alarms: checks.filter(({ alarm }) => alarm).length,
    checks,
    unchecked: [...missing, ...missingBins],
  }
}

type Raw = Omit<DriftCheck, 'alarm'>
type Unchecked = Drift['unchecked'][number]

function meanChecks(expected: Profile, seen: Profile, limits: DriftLimits): [Raw[], Unchecked[]] {
  const [checks, missing]: [Raw[], Unchecked[]] = [[], []]
  // A model or task that is new is told by its share: nobody expected any of it.
  const segments = new Set([...Object.keys(expected.means), ...Object.keys(seen.means)])
  for (const segment of segments) {
    for (const measure of MEASURES) {
      const before = expected.means[segment]?.[measure] ?? nothingOf(segment, measure, expected)
      const now = seen.means[segment]?.[measure] ?? nothingOf(segment, measure, seen)
      if (before === undefined && now === undefined) continue
      const check = before && now && checkOfMeans({ segment, measure, before, now }, limits)
      if (check === undefined) missing.push({ segment, measure })
      else checks.push(check)
    }
  }
  return [checks, missing]
}

/** A model or task that does not occur has a share of 0, where those that do have shares. */
function nothingOf(segment: string, measure: Measure, { means, requests }: Profile): Mean | undefined {
  if (measure !== 'share') return undefined
  const kind = segment.replace(/:.*/s, ':')
  const like = Object.entries(means).find(
    ([name, { share }]) => name.startsWith(kind) && share !== undefined,
  )?.[1].share
  return like === undefined ? undefined : { mean: 0, se: 0, known: requests, units: like.units }
}

interface Compared {
  readonly segment: string
  readonly measure: Measure
  readonly before: Mean
  readonly now: Mean
}

/** Welch's test (1947, https://doi.org/10.2307/2332510) on standard errors that know of clusters. */
function checkOfMeans({ segment, measure, before, now }: Compared, limits: DriftLimits): Raw | undefined {
  if (before.units < LEAST_UNITS || now.units < LEAST_UNITS) return undefined
  const difference = now.mean - before.mean
  const isShare = measure === 'share' || measure === 'rejectShare'
  const variances = [before, now].map((one) => varianceOf(one, isShare)) as [number, number]
  const variance = variances[0] + variances[1]
  const degrees =
    variance ** 2 / (variances[0] ** 2 / (before.units - 1) + variances[1] ** 2 / (now.units - 1))
  const pValue =
    variance > 0 ? studentTail(difference / Math.sqrt(variance), degrees) : difference === 0 ? 1 : 0
  const change = measure === 'costUsd' ? (before.mean === 0 ? 0 : difference / before.mean) : difference
  return {
    segment,
    measure,
    expected: before.mean,
    seen: now.mean,
    change,
    limit: limits[measure],
    distance: null,
    pValue,
  }
}

/** Shares near 0 or 1 vary by more than they show: two units are added, one of each kind (Agresti & Caffo 2000). */
function varianceOf({ mean, se, units }: Mean, isShare: boolean): number {
  if (!isShare) return se * se
  const softened = (mean * units + 1) / (units + 2)
  return Math.max(se * se, mean === 0 || mean === 1 ? (softened * (1 - softened)) / (units + 2) : 0)
}

function binChecks(expected: Profile, seen: Profile, { psi }: DriftLimits): [Raw[], Unchecked[]] {
  const [checks, missing]: [Raw[], Unchecked[]] = [[], []]
  for (const measure of BINNED) {
    const [before, now] = [expected.bins[measure], seen.bins[measure]]
    if (before === undefined) continue
    if (now === undefined) missing.push({ segment: 'all', measure })
    else checks.push(checkOfBins(measure, before, now, psi))
  }
  return [checks, missing]
}

function checkOfBins(measure: Binned, before: Bins, now: Bins, limit: number): Raw {
  const { distance, pValue } = kolmogorovSmirnov(before.shares, now.shares, [before.effective, now.effective])
  const change = populationStability(before.shares, now.shares)
  return { segment: 'all', measure, expected: null, seen: null, change, limit, distance, pValue }
}
