import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describe as clustersFrom } from '../../src/metrics/clusters.js'
import { clopperPearson } from '../../src/metrics/clopper-pearson.js'
import { createRandom } from '../../src/core/random.js'
import { nonInferiority, type NonInferiorityInput } from '../../src/metrics/non-inferiority.js'
import {
  flipped,
  gated,
  plannedRequests,
  resampled,
  resampledSessions,
  someSessions,
  syntheticQuality,
  verdicts,
} from './gate-truth.js'
import { hasData, matrixTable } from './real-data.js'

const zeros = (size: number): Float64Array => new Float64Array(size)
/** So many losses, then wins, then requests without a difference. */
const mixed = (size: number, losses: number, wins: number): Float64Array =>
  Float64Array.from({ length: size }, (_, row) => (row < losses ? -1 : row < losses + wins ? 1 : 0))

function judged(size: number, parts: Partial<NonInferiorityInput>) {
  return nonInferiority({
    clusters: clustersFrom(
      'requests',
      Int32Array.from({ length: size }, (_, row) => row),
    ),
    quality: zeros(size),
    candidateCost: new Float64Array(size).fill(1e6),
    incumbentCost: new Float64Array(size).fill(2e6),
    costEstimatedShare: 0,
    samePolicy: false,
    maxQualityDrop: 0.01,
    maxCostRise: 0,
    ...parts,
  })
}

describe('the verdict', () => {
  it('passes, fails and stays open by where the limits lie', () => {
    expect(gated(mixed(10_000, 100, 100), 0.01).verdict).toBe('pass')
    expect(gated(mixed(10_000, 400, 100), 0.01).verdict).toBe('fail')
    const open = gated(mixed(1000, 20, 15), 0.01)
    expect(open.verdict).toBe('inconclusive')
    expect(open.quality).toMatchObject({ delta: -0.005, bound: -0.01, because: 'limits', knownShare: 1 })
    expect(open.quality.limits![0]).toBeLessThan(-0.01)
    expect(open.quality.limits![1]).toBeGreaterThan(-0.01)
  })

  it('says how many requests would settle it: with that many like these, four of five do', () => {
    const difference = mixed(1000, 20, 16)
    const { neededRequests } = gated(difference, 0.01)
    // ((1.645 + 0.842) x 0.1897 / 0.006)^2 = 6180 by the z test, which knows nothing of losses that were not seen.
    expect(neededRequests).toBeGreaterThan(6180)
    expect(neededRequests).toBeLessThan(1.2 * 6180)
    const { pass } = verdicts(1000, 11, (random) =>
      gated(resampled(difference, neededRequests!, random), 0.01),
    )
    expect(pass).toBeGreaterThan(0.77)
    expect(pass).toBeLessThan(0.84)
  })

  it('asks for more requests where those of a session are alike', () => {
    // Every tenth session loses all its answers or wins them, in turns.
    const values = Float64Array.from({ length: 2000 }, (_, row) => {
      const session = Math.floor(row / 10)
      return session % 10 > 0 ? 0 : session % 20 === 0 ? -1 : 1
    })
    const alone = gated(values, 0.01)
    const sessions = gated(
      values,
      0.01,
      Int32Array.from(values, (_, row) => Math.floor(row / 10)),
    )
    expect(alone.verdict).toBe('inconclusive')
    // Ten requests a session, all alike: ten times as many requests, nearly.
    const effect = sessions.neededRequests! / alone.neededRequests!
    expect(effect).toBeGreaterThan(8)
    expect(effect).toBeLessThan(13)
  })

  it('takes no difference at all as an exact binomial, never as [0, 0]: 299 requests exclude a drop of one point', () => {
    const enough = judged(299, {})
    expect(enough).toMatchObject({ verdict: 'pass', quality: { because: 'identical', delta: 0 } })
    expect(enough.quality.limits).toEqual([
      expect.closeTo(-(1 - 0.05 ** (1 / 299)), 9),
      expect.closeTo(1 - 0.05 ** (1 / 299), 9),
    ])
    const few = judged(298, {})
    expect(few).toMatchObject({ verdict: 'inconclusive', neededRequests: 299 })
    expect(judged(200, { maxQualityDrop: 0 })).toMatchObject({
      verdict: 'inconclusive',
      neededRequests: null,
    })
  })

  it('identical decisions pass: costs that never differ are no rise, and yet have limits', () => {
    const same = new Float64Array(300).fill(2e6)
    const passed = judged(300, { candidateCost: same, incumbentCost: same })
    expect(passed).toMatchObject({ verdict: 'pass', cost: { because: 'identical', delta: 0 } })
    expect(passed.cost.limits![1]).toBeGreaterThan(0)
    expect(judged(300, { candidateCost: same, incumbentCost: same, maxCostRise: -0.05 }).cost.verdict).toBe(
      'fail',
    )
    const few = { candidateCost: same.slice(0, 40), incumbentCost: same.slice(0, 40) }
    expect(judged(40, few).verdict).toBe('inconclusive')
    expect(judged(40, { ...few, samePolicy: true })).toMatchObject({
      verdict: 'pass',
      quality: { because: 'samePolicy' },
    })
  })

  it('has no pass where quality is unknown for more than 5 %, whatever is known', () => {
    const unknown = (share: number): Float64Array =>
      Float64Array.from({ length: 1000 }, (_, row) => (row < share * 1000 ? NaN : 0))
    expect(judged(1000, { quality: unknown(0.05) }).verdict).toBe('pass')
    expect(judged(1000, { quality: unknown(0.051) })).toMatchObject({
      verdict: 'inconclusive',
      quality: { because: 'unknown', delta: null, limits: null, knownShare: 0.949 },
      neededRequests: null,
    })
    const dearer = { quality: unknown(1), candidateCost: new Float64Array(1000).fill(3e6) }
    expect(judged(1000, dearer)).toMatchObject({ verdict: 'fail', quality: { verdict: 'inconclusive' } })
  })

  it('judges cost relative to the incumbent, by pairs', () => {
    const random = createRandom(4)
    const incumbentCost = Float64Array.from({ length: 2000 }, () => 1e6 * (1 + 9 * random.next()))
    const cheaper = incumbentCost.map((cost, row) => cost * (row % 2 === 0 ? 0.7 : 1.1))
    const { cost } = judged(2000, { incumbentCost, candidateCost: cheaper })
    expect(cost).toMatchObject({ verdict: 'pass', unit: 'share' })
    expect(cost.delta).toBeCloseTo(-0.1, 1)
    expect(cost.limits![0]).toBeLessThan(cost.delta!)
    expect(cost.limits![1]).toBeGreaterThan(cost.delta!)
    expect(judged(2000, { incumbentCost: cheaper, candidateCost: incumbentCost }).verdict).toBe('fail')
    expect(
      judged(2000, { incumbentCost: cheaper, candidateCost: incumbentCost, maxCostRise: 0.2 }).verdict,
    ).toBe('pass')
    expect(judged(2000, { incumbentCost, candidateCost: cheaper, costEstimatedShare: 0.06 })).toMatchObject({
      verdict: 'inconclusive',
      cost: { because: 'estimated', limits: null },
    })
  })

  it('counts dollars a request where the incumbent costs nothing', () => {
    const free = zeros(500)
    expect(judged(500, { incumbentCost: free, candidateCost: free })).toMatchObject({
      verdict: 'pass',
      cost: { limits: null, unit: 'usdPerRequest' },
    })
    const { verdict, cost } = judged(500, {
      incumbentCost: free,
      candidateCost: new Float64Array(500).fill(3e6),
      maxCostRise: 1,
    })
    expect(verdict).toBe('fail')
    expect(cost).toMatchObject({ unit: 'usdPerRequest', bound: 0 })
    expect(cost.delta).toBeCloseTo(0.003, 12)
  })

  it('has no limits under sixty sessions or ten windows', () => {
    const few = { verdict: 'inconclusive', quality: { because: 'fewUnits', limits: null, delta: 0 } }
    const of = (units: number): Int32Array => Int32Array.from({ length: 900 }, (_, row) => row % units)
    expect(gated(mixed(900, 5, 5), 0.5, of(59))).toMatchObject(few)
    expect(gated(mixed(900, 5, 5), 0.5, of(60)).verdict).toBe('pass')
    const windows = (units: number) =>
      judged(900, {
        clusters: clustersFrom('windows', of(units)),
        quality: mixed(900, 5, 5),
        maxQualityDrop: 0.5,
      })
    expect(windows(9)).toMatchObject(few)
    expect(windows(10).quality.verdict).toBe('pass')
  })

  it('limits lie on both sides of the difference, within what can be, and mirror each other (property)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(-1, -0.5, -0.1, 0, 0, 0, 0.1, 0.5, 1), { minLength: 10, maxLength: 300 }),
        fc.integer({ min: 1, max: 4 }),
        (differences, size) => {
          const values = Float64Array.from(differences)
          const of = Int32Array.from(values, (_, row) => Math.floor(row / size))
          const { delta, limits } = gated(values, 0.01, of).quality
          if (limits === null) return
          expect(limits[0]).toBeLessThanOrEqual(delta!)
          expect(limits[1]).toBeGreaterThanOrEqual(delta!)
          expect(limits[1] - limits[0]).toBeGreaterThan(0)
          expect(limits[0]).toBeGreaterThanOrEqual(-1)
          expect(limits[1]).toBeLessThanOrEqual(1)
          const mirror = gated(
            values.map((value) => -value),
            0.01,
            of,
          ).quality.limits!
          expect(mirror[0]).toBeCloseTo(-limits[1], 6)
          expect(mirror[1]).toBeCloseTo(-limits[0], 6)
        },
      ),
      { seed: 5, numRuns: 200 },
    )
  })

  it('is the exact binomial limit where there are only losses, nearly', () => {
    for (const [losses, size] of [
      [1, 300],
      [3, 400],
      [10, 1000],
      [60, 1000],
    ] as const) {
      const exact = -clopperPearson(losses, size, 0.9)[1]
      const [low] = gated(mixed(size, losses, 0), 0.01).quality.limits!
      expect(Math.abs(low / exact - 1), `${losses} of ${size}`).toBeLessThan(0.06)
    }
  })
})

/** 1,000 seeded resamples each; `npm run bench -- gate` has more cases. */
describe('what the verdict is worth, on known truth', { timeout: 60_000 }, () => {
  const incumbent = syntheticQuality(10_000, 0.8, 1)

  it.each([
    { losses: 100, wins: 0, size: 1000 },
    { losses: 100, wins: 0, size: 2000 },
    { losses: 120, wins: 20, size: 500 },
    { losses: 400, wins: 300, size: 1500 },
  ])(
    'exactly at the margin at most 6.5 % pass: $losses losses and $wins wins in 10,000, $size drawn',
    ({ losses, wins, size }) => {
      const truth = flipped(incumbent, { losses, wins, seed: 2 })
      expect(truth.mean).toBe(-0.01)
      const { pass, fail } = verdicts(1000, 100, (random) =>
        gated(resampled(truth.difference, size, random), 0.01),
      )
      expect(pass).toBeLessThanOrEqual(0.065)
      expect(fail).toBeLessThanOrEqual(0.065)
    },
  )

  it.each([
    { swapped: 50, margin: 0.01 },
    { swapped: 100, margin: 0.01 },
    { swapped: 200, margin: 0.02 },
    { swapped: 500, margin: 0.03 },
  ])(
    'equal policies with $swapped swaps each way, planned for 97.5 % at a margin of $margin, pass at least 96 %',
    ({ swapped, margin }) => {
      const truth = flipped(incumbent, { losses: swapped, wins: swapped, seed: 3 })
      const size = plannedRequests(truth, margin, 1.96)
      const { pass, fail } = verdicts(1000, 200, (random) =>
        gated(resampled(truth.difference, size, random), margin),
      )
      expect(pass).toBeGreaterThanOrEqual(0.96)
      expect(fail).toBe(0)
    },
  )

  it('what has too little power stays open', () => {
    const truth = flipped(incumbent, { losses: 500, wins: 500, seed: 4 })
    const { inconclusive, fail } = verdicts(1000, 300, (random) =>
      gated(resampled(truth.difference, 300, random), 0.01),
    )
    expect(inconclusive).toBeGreaterThanOrEqual(0.85)
    expect(fail).toBeLessThanOrEqual(0.05)
  })

  it('whole sessions are what varies: exactly at the margin at most 6.5 % of logs of 60 sessions pass', () => {
    const { all, margin } = someSessions(500, 6)
    const { pass } = verdicts(1000, 400, (random) => {
      const { values, of } = resampledSessions(all, 60, random)
      return gated(values, margin, of)
    })
    expect(pass).toBeLessThanOrEqual(0.065)
  })

  it.skipIf(!hasData)('on ZeroEval with flipped outcomes', () => {
    const table = matrixTable('zeroeval/outcomes.csv.gz')
    const column = table.outcomes.find(({ model }) => model === 'gpt-4o-2024-08-06')!.quality
    const known = column.filter((value) => value === 0 || value === 1)
    const atMargin = flipped(known, { losses: 60, wins: 30, seed: 7 })
    const wrong = verdicts(1000, 500, (random) =>
      gated(resampled(atMargin.difference, 1000, random), -atMargin.mean),
    )
    expect(wrong.pass).toBeLessThanOrEqual(0.065)
    const equal = flipped(known, { losses: 45, wins: 45, seed: 8 })
    const size = plannedRequests(equal, 0.02, 1.96)
    const right = verdicts(1000, 600, (random) => gated(resampled(equal.difference, size, random), 0.02))
    expect(right.pass).toBeGreaterThanOrEqual(0.96)
  })
})
