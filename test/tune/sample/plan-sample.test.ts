import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../src/core/random.js'
import { effectiveSampleSize } from '../../../src/metrics/estimators/effective-sample-size.js'
import { planSample, type SampleInput, type SamplePlan } from '../../../src/tune/sample/plan-sample.js'
import { seedOf } from '../../metrics/estimators/known-matrix.js'

interface Shape {
  /** Requests of each stratum and what asking one costs. */
  readonly strata: readonly (readonly [size: number, cost: number])[]
}

function inputOf({ strata }: Shape, parts: Partial<SampleInput> = {}): SampleInput {
  let from = 0
  const rows = strata.map(([size]) => Array.from({ length: size }, () => from++))
  const costs = strata.flatMap(([size, cost]) => Array.from({ length: size }, () => cost))
  return {
    strata: rows.map((own, at) => ({ name: `s${at}`, rows: own })),
    costs: Float64Array.from(costs),
    quality: Float64Array.from(costs, (_, row) => (row % 5 === 0 ? 0 : 1)),
    comparisons: 1,
    detect: 0.1,
    power: 0.8,
    seed: 1,
    ...parts,
  }
}

function plan(shape: Shape, parts: Partial<SampleInput> = {}): SamplePlan {
  return planSample(inputOf(shape, parts))
}

const SHAPES: readonly Shape[] = [
  { strata: [[5000, 10]] },
  {
    strata: [
      [3000, 1],
      [1000, 4],
      [1000, 100],
    ],
  },
  {
    strata: [
      [40, 1],
      [7, 2],
      [1, 3],
    ],
  },
  {
    strata: [
      [4000, NaN],
      [500, 2],
    ],
  },
]

const weights = ({ strata }: SamplePlan): Float64Array =>
  Float64Array.from(strata.flatMap(({ drawn, probability }) => drawn.map(() => 1 / probability)))

describe('a planned sample', () => {
  it.each(SHAPES)('of $strata: chances that add up to what is drawn, each above 0 and at most 1', (shape) => {
    for (const detect of [0.02, 0.1, 0.5]) {
      const { strata, drawn, requests } = plan(shape, { detect })
      expect(requests).toBe(shape.strata.reduce((sum, [size]) => sum + size, 0))
      expect(drawn).toBe(strata.reduce((sum, own) => sum + own.drawn.length, 0))
      const expected = strata.reduce((sum, { rows, probability }) => sum + rows.length * probability, 0)
      expect(expected).toBeCloseTo(drawn, 9)
      for (const { rows, drawn: own, probability } of strata) {
        expect(probability).toBeGreaterThan(0)
        expect(probability).toBeLessThanOrEqual(1)
        expect(new Set(own).size).toBe(own.length)
        expect(new Set([...rows, ...own]).size).toBe(rows.length)
      }
    }
  })

  it('asks more where it is cheap: as the root of the cost, up to twice or half as many as on average', () => {
    const { strata } = plan(
      {
        strata: [
          [4000, 1],
          [4000, 2],
          [4000, 1000],
        ],
      },
      { detect: 0.05 },
    )
    const [cheap, double, dear] = strata.map(({ probability }) => probability)
    // Both of the cheap ones are at the limit of twice the mean.
    expect(cheap! / double!).toBeCloseTo(1, 1)
    expect(cheap! / dear!).toBeCloseTo(2 / Math.sqrt(1003 / 3 / 1000), 1)
    const moderate = plan(
      {
        strata: [
          [4000, 1],
          [4000, 2],
        ],
      },
      { detect: 0.05 },
    ).strata
    expect(moderate[0]!.probability / moderate[1]!.probability).toBeCloseTo(Math.SQRT2, 1)
    const unknown = plan(
      {
        strata: [
          [4000, 1],
          [4000, NaN],
        ],
      },
      { detect: 0.05 },
    ).strata
    expect(unknown[0]!.probability).toBe(unknown[1]!.probability)
  })

  it('is no larger than it need be, and grows with power, comparisons and smaller differences', () => {
    const shape = SHAPES[1]!
    const sizes = [{}, { power: 0.9 }, { comparisons: 3 }, { detect: 0.05 }].map((parts) =>
      plan(shape, parts),
    )
    for (const { drawn } of sizes.slice(1)) expect(drawn).toBeGreaterThan(sizes[0]!.drawn)
    for (const [at, detect] of [0.1, 0.1, 0.1, 0.05].entries()) {
      expect(sizes[at]!.detects).toBeLessThanOrEqual(detect)
      expect(sizes[at]!.detects).toBeGreaterThan(0.98 * detect)
    }
  })

  it.each(SHAPES.slice(0, 2))('of $strata counts as 130 of equal weight at least', (shape) => {
    for (const detect of [0.2, 0.9]) {
      const effective = effectiveSampleSize(weights(plan(shape, { detect })))
      expect(effective).toBeGreaterThanOrEqual(130)
      expect(effective).toBeLessThan(330)
    }
  })

  it('asks everything of a log that is too short, and says what that can tell', () => {
    const { drawn, detects, strata } = plan(
      {
        strata: [
          [300, 1],
          [100, 9],
        ],
      },
      { detect: 0.01 },
    )
    expect(drawn).toBe(400)
    expect(strata.map(({ probability }) => probability)).toEqual([1, 1])
    expect(detects).toBeGreaterThan(0.05)
  })

  it('is the same for the same seed and another for another', () => {
    const shape = SHAPES[1]!
    const rows = (seed: number): readonly number[] =>
      plan(shape, { seed }).strata.flatMap(({ drawn }) => drawn)
    expect(rows(7)).toEqual(rows(7))
    expect(rows(7)).not.toEqual(rows(8))
  })

  it('draws each request of a stratum as often', () => {
    const counts = new Map<number, number>()
    const DRAWS = 1000
    for (let run = 0; run < DRAWS; run++) {
      const { strata } = plan(
        {
          strata: [
            [30, 1],
            [300, 1],
          ],
        },
        { detect: 0.4, seed: seedOf(3, run) },
      )
      for (const row of strata[0]!.drawn) counts.set(row, (counts.get(row) ?? 0) + 1)
    }
    const chance = plan(
      {
        strata: [
          [30, 1],
          [300, 1],
        ],
      },
      { detect: 0.4 },
    ).strata[0]!.probability
    // Of 30 counts one is four standard errors off with a chance of 0.2 %.
    const error = Math.sqrt(DRAWS * chance * (1 - chance))
    for (let row = 0; row < 30; row++)
      expect(Math.abs((counts.get(row) ?? 0) - DRAWS * chance)).toBeLessThan(4 * error)
  })
})

/** Share of samples whose 95 % interval excludes 0, by the estimate of a stratified mean. */
function rejections(drop: number, power: number, runs: number): number {
  const shape = {
    strata: [
      [3000, 1],
      [2000, 6],
    ],
  } as const
  const quality = Float64Array.from({ length: 5000 }, (_, row) => row % 2)
  const input = inputOf(shape, { detect: 0.1, power, quality })
  let found = 0
  for (let run = 0; run < runs; run++) {
    const random = createRandom(seedOf(17, run))
    const { strata } = planSample({ ...input, seed: seedOf(18, run) })
    let [mean, variance] = [0, 0]
    for (const { rows, drawn } of strata) {
      const share = rows.length / 5000
      const own = drawn.map((row) => (random.next() < 0.5 - drop ? 1 : 0) - quality[row]!)
      const average = own.reduce((sum, value) => sum + value, 0) / own.length
      const spread = own.reduce((sum, value) => sum + (value - average) ** 2, 0) / (own.length - 1)
      mean += share * average
      variance += (share ** 2 * spread) / own.length
    }
    if (Math.abs(mean) > 1.96 * Math.sqrt(variance)) found++
  }
  return found / runs
}

describe('the size of a sample', () => {
  const RUNS = 400
  /** Three standard errors of a share in so many runs. */
  const slack = (share: number): number => 3 * Math.sqrt((share * (1 - share)) / RUNS)

  // The worst case that the size reckons with: answers right half of the time, and independent of the logged ones.
  it.each([0.8, 0.95])('tells the difference with the power asked for: %f', (power) => {
    const share = rejections(0.1, power, RUNS)
    expect(share).toBeGreaterThan(power - slack(power))
    expect(share).toBeLessThan(power + slack(power) + 0.02)
  })

  it('finds nothing where there is nothing, but for 5 %', () => {
    expect(rejections(0, 0.8, RUNS)).toBeLessThan(0.05 + slack(0.05))
  })
})
