import { createRandom, permutation, type Random } from '../../src/core/random.js'
import { describe as clustersFrom, type Clusters } from '../../src/metrics/clusters.js'
import { pairedUnits } from '../../src/metrics/paired-units.js'
import { timesForLimit } from '../../src/metrics/tilted-limit.js'
import { nonInferiority, type NonInferiority, type Verdict } from '../../src/metrics/non-inferiority.js'

/** Two policies on a log whose true difference in quality is known: what resamples of it are judged against. */
export interface GateTruth {
  /** Candidate minus incumbent, a request each. */
  readonly difference: Float64Array
  readonly mean: number
}

/**
 * The candidate is the incumbent with outcomes flipped: `losses` right answers made wrong and `wins` wrong ones right, by lot.
 * @throws RangeError where the incumbent has too few of either.
 */
export function flipped(
  incumbent: Float64Array,
  { losses, wins, seed }: { readonly losses: number; readonly wins: number; readonly seed: number },
): GateTruth {
  const difference = new Float64Array(incumbent.length)
  let [lost, won] = [0, 0]
  for (const row of permutation(incumbent.length, seed)) {
    if (incumbent[row] === 1 && lost < losses) {
      difference[row] = -1
      lost++
    } else if (incumbent[row] === 0 && won < wins) {
      difference[row] = 1
      won++
    }
  }
  if (lost < losses || won < wins) throw new RangeError(`only ${lost} losses and ${won} wins can be made`)
  return { difference, mean: (wins - losses) / incumbent.length }
}

/** Right answers of a model that is right this often. */
export function syntheticQuality(size: number, share: number, seed: number): Float64Array {
  const order = permutation(size, seed)
  return Float64Array.from({ length: size }, (_, row) => ((order[row] ?? 0) < share * size ? 1 : 0))
}

/** So many requests that the gate says of them that it passes with chance `power`, a quantile of the normal distribution. */
export function plannedRequests({ difference }: GateTruth, margin: number, power: number): number {
  const units = pairedUnits(singles(difference.length), difference, undefined)
  return Math.ceil((timesForLimit(units, -margin, power) ?? NaN) * difference.length)
}

export function resampled(values: Float64Array, size: number, random: Random): Float64Array {
  const drawn = new Float64Array(size)
  for (let row = 0; row < size; row++) drawn[row] = values[random.below(values.length)] ?? 0
  return drawn
}

/** Sessions of 10 to 39 requests: one in ten loses 15 % of its answers, the others half a percent. */
export function someSessions(
  count: number,
  seed: number,
): { readonly all: readonly Float64Array[]; readonly margin: number } {
  const random = createRandom(seed)
  const all = Array.from({ length: count }, () => {
    const losing = random.next() < 0.1 ? 0.15 : 0.005
    const one = (): number => (random.next() < losing ? -1 : random.next() < 0.005 ? 1 : 0)
    return Float64Array.from({ length: 10 + random.below(30) }, one)
  })
  const values = all.flatMap((session) => [...session])
  return { all, margin: -values.reduce((sum, value) => sum + value, 0) / values.length }
}

/** Whole sessions drawn with replacement, and which session each request of the new log belongs to. */
export function resampledSessions(
  sessions: readonly Float64Array[],
  count: number,
  random: Random,
): { readonly values: Float64Array; readonly of: Int32Array } {
  const drawn = Array.from(
    { length: count },
    () => sessions[random.below(sessions.length)] ?? new Float64Array(0),
  )
  return {
    values: Float64Array.from(drawn.flatMap((values) => [...values])),
    of: Int32Array.from(drawn.flatMap((values, unit) => Array.from(values, () => unit))),
  }
}

/** A gate over these differences, of single requests or of sessions, where the candidate costs half as much. */
export function gated(difference: Float64Array, maxQualityDrop: number, of?: Int32Array): NonInferiority {
  const { length } = difference
  return nonInferiority({
    clusters: of === undefined ? singles(length) : clustersFrom('sessions', of),
    quality: difference,
    candidateCost: new Float64Array(length).fill(1),
    incumbentCost: new Float64Array(length).fill(2),
    costEstimatedShare: 0,
    samePolicy: false,
    maxQualityDrop,
    maxCostRise: 0,
  })
}

const bySize = new Map<number, Clusters>()

function singles(size: number): Clusters {
  const known =
    bySize.get(size) ??
    clustersFrom(
      'requests',
      Int32Array.from({ length: size }, (_, row) => row),
    )
  bySize.set(size, known)
  return known
}

/** Share of the resamples that end in each verdict. */
export function verdicts(
  resamples: number,
  seed: number,
  gateOf: (random: Random) => NonInferiority,
): Readonly<Record<Verdict, number>> {
  const counts = { pass: 0, fail: 0, inconclusive: 0 }
  for (let index = 0; index < resamples; index++) counts[gateOf(createRandom(seed + index)).verdict]++
  return {
    pass: counts.pass / resamples,
    fail: counts.fail / resamples,
    inconclusive: counts.inconclusive / resamples,
  }
}
