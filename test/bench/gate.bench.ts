import { createRandom, type Random } from '../../src/core/random.js'
import { groupSums, percentile } from '../../src/metrics/bootstrap.js'
import { describe as clustersFrom } from '../../src/metrics/clusters.js'
import { nonInferiority, type NonInferiority } from '../../src/metrics/non-inferiority.js'
import {
  flipped,
  gated,
  plannedRequests,
  resampled,
  resampledSessions,
  someSessions,
  syntheticQuality,
  verdicts,
} from '../metrics/gate-truth.js'
import { hasData, matrixTable } from '../metrics/real-data.js'

/**
 * No speed: what the gate's verdicts are worth where the truth is known, in 1,000 seeded resamples a row, and what two
 * bootstraps would have made of the first 250 of them. README's "A gate for CI" quotes it.
 */
export function bench(): Promise<void> {
  console.log('gate: verdicts where the truth is known, 1,000 seeded resamples a row')
  console.log(row(['', 'requests', 'pass', 'fail', 'open', 'percentile', 'bootstrap-t']))
  const population = syntheticQuality(10_000, 0.8, 1)
  atMargin('synthetic', population, SYNTHETIC)
  if (hasData) atMargin('ZeroEval gpt-4o', zeroeval(), ZEROEVAL)
  sessions()
  costs()
  equal(population)
  if (hasData) equal(zeroeval())
  return Promise.resolve()
}

const RESAMPLES = 1000
/** Bootstraps take long: so many of the same resamples, with so many replicates each. */
const BOOTSTRAPPED = 250
const REPLICATES = 400

const SYNTHETIC = [
  { losses: 100, wins: 0, sizes: [300, 1000] },
  { losses: 120, wins: 20, sizes: [300, 1000] },
  { losses: 400, wins: 300, sizes: [1000, 2500] },
] as const
const ZEROEVAL = [
  { losses: 30, wins: 2, sizes: [1000, 2840] },
  { losses: 80, wins: 50, sizes: [1000, 2840] },
] as const

function zeroeval(): Float64Array {
  const table = matrixTable('zeroeval/outcomes.csv.gz')
  const quality = table.outcomes.find(({ model }) => model === 'gpt-4o-2024-08-06')?.quality
  return (quality ?? new Float64Array(0)).filter((value) => value === 0 || value === 1)
}

/** The candidate is worse by exactly what is allowed: to pass is wrong. */
function atMargin(
  name: string,
  incumbent: Float64Array,
  cases: readonly { readonly losses: number; readonly wins: number; readonly sizes: readonly number[] }[],
): void {
  for (const { losses, wins, sizes } of cases) {
    const truth = flipped(incumbent, { losses, wins, seed: 2 })
    for (const size of sizes) {
      const draw = (random: Random): Drawn => alone(resampled(truth.difference, size, random))
      print(`at the margin: ${name} −${losses} +${wins}`, size, draw, -truth.mean)
    }
  }
}

interface Drawn {
  readonly values: Float64Array
  readonly of: Int32Array
}

function alone(values: Float64Array): Drawn {
  return { values, of: Int32Array.from(values, (_, index) => index) }
}

/** One session in ten loses 15 % of its answers, the others 0.5 %. */
function sessions(): void {
  const { all, margin } = someSessions(500, 6)
  for (const count of [20, 60, 100, 200]) {
    print(`at the margin: sessions`, count, (random) => resampledSessions(all, count, random), margin)
  }
}

function print(name: string, size: number, draw: (random: Random) => Drawn, margin: number): void {
  const gateOf = (random: Random): NonInferiority => {
    const { values, of } = draw(random)
    return gated(values, margin, of.at(-1) === of.length - 1 ? undefined : of)
  }
  const { pass, fail, inconclusive } = verdicts(RESAMPLES, 100, gateOf)
  const others = [0, 0]
  for (let index = 0; index < BOOTSTRAPPED; index++) {
    const sums = sumsOf(draw(createRandom(100 + index)))
    const drawn = replicates(sums, index)
    if (percentileLimit(drawn) > -margin) others[0] = (others[0] ?? 0) + 1
    if (studentizedLimit(drawn, meanOf(sums, undefined)) > -margin) others[1] = (others[1] ?? 0) + 1
  }
  const shares = others.map((count) => share(count / BOOTSTRAPPED))
  console.log(row([name, String(size), share(pass), share(fail), share(inconclusive), ...shares]))
}

/** The lower end of a 90 % interval by the plain percentile bootstrap. */
function percentileLimit(drawn: readonly Mean[]): number {
  return percentile(Float64Array.from(drawn, ({ mean }) => mean).sort(), 0.05)
}

/** Efron & Tibshirani 1993, section 12.5. */
function studentizedLimit(drawn: readonly Mean[], { mean, error }: Mean): number {
  const t = Float64Array.from(drawn, (one) => (one.error > 0 ? (one.mean - mean) / one.error : Infinity))
  return mean - percentile(t.sort(), 0.95) * error
}

interface Mean {
  readonly mean: number
  readonly error: number
}

function sumsOf({ values, of }: Drawn): Float64Array {
  return groupSums(of, (of.at(-1) ?? -1) + 1, [values, new Float64Array(values.length).fill(1)])
}

function replicates(sums: Float64Array, seed: number): readonly Mean[] {
  const random = createRandom(seed)
  return Array.from({ length: REPLICATES }, () => meanOf(sums, random))
}

function meanOf(sums: Float64Array, random: Random | undefined): Mean {
  const units = sums.length / 2
  const drawn = new Int32Array(units)
  let [sum, count, squares] = [0, 0, 0]
  for (let index = 0; index < units; index++) {
    const unit = random === undefined ? index : random.below(units)
    drawn[index] = unit
    sum += sums[2 * unit] as number
    count += sums[2 * unit + 1] as number
  }
  const mean = sum / count
  for (const unit of drawn)
    squares += ((sums[2 * unit] as number) - mean * (sums[2 * unit + 1] as number)) ** 2
  return { mean, error: Math.sqrt((squares * units) / (units - 1)) / count }
}

/** Costs of both policies are as skewed as real ones, and the same on average: to pass is wrong. */
function costs(): void {
  for (const [spread, size] of [
    [1, 100],
    [1, 300],
    [1, 1000],
    [1.5, 1000],
  ] as const) {
    const { pass, fail, inconclusive } = verdicts(RESAMPLES, 700, (random) =>
      gatedCosts(random, spread, size),
    )
    const name = `equal costs: log-normal, spread ${spread}`
    console.log(row([name, String(size), share(pass), share(fail), share(inconclusive), '', '']))
  }
}

function gatedCosts(random: Random, spread: number, size: number): NonInferiority {
  const incumbentCost = new Float64Array(size)
  const candidateCost = new Float64Array(size)
  for (let index = 0; index < size; index++) {
    incumbentCost[index] = 1e6 * Math.exp(spread * normal(random))
    candidateCost[index] = (incumbentCost[index] ?? 0) * Math.exp(0.7 * normal(random) - 0.245)
  }
  return nonInferiority({
    clusters: clustersFrom('requests', alone(incumbentCost).of),
    quality: new Float64Array(size),
    candidateCost,
    incumbentCost,
    costEstimatedShare: 0,
    samePolicy: false,
    maxQualityDrop: 0.2,
    maxCostRise: 0,
  })
}

/** Standard normal by Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}

/** The policies are worth the same, and as many requests as give that power: to pass is right. */
function equal(incumbent: Float64Array): void {
  const N = incumbent.length
  for (const swappedShare of [0.005, 0.01, 0.02, 0.05]) {
    const swapped = Math.round(swappedShare * N)
    const truth = flipped(incumbent, { losses: swapped, wins: swapped, seed: 3 })
    for (const [power, quantile] of [
      ['97.5 %', 1.96],
      ['80 %', 0.8416],
      ['20 %', -0.8416],
    ] as const) {
      const size = plannedRequests(truth, 0.01, quantile)
      const { pass, fail, inconclusive } = verdicts(RESAMPLES, 200, (random) =>
        gated(resampled(truth.difference, size, random), 0.01),
      )
      const name = `equal: ${N} requests, ±${swapped}, planned for ${power}`
      console.log(row([name, String(size), share(pass), share(fail), share(inconclusive), '', '']))
    }
  }
}

function share(value: number): string {
  return `${(value * 100).toFixed(1)} %`
}

function row(cells: readonly string[]): string {
  return cells.map((cell, index) => (index === 0 ? cell.padEnd(48) : cell.padStart(12))).join('')
}
