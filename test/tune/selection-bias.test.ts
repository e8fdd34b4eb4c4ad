import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { labelClusters } from '../../src/metrics/clusters.js'
import type { Judged } from '../../src/tune/choose.js'
import { selectionBias } from '../../src/tune/selection-bias.js'
import { anOutcome, aTable } from '../metrics/builders.js'

const ROWS = 400
const CANDIDATES = 20
const clusters = labelClusters(aTable({ outcomes: [anOutcome('one', new Array<number>(ROWS).fill(1), 0)] }))

function aJudged(costs: Float64Array, qualities: Float64Array): Judged {
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / ROWS
  const [costUsd, quality] = [mean(costs), mean(qualities)]
  return {
    trial: {
      loss: costUsd,
      costUsd,
      quality,
      slacks: [
        {
          value: quality - 0.4,
          values: qualities.map((x) => x - 0.4),
          scale: 0.4,
          firm: false,
          leastDoubt: 0,
        },
      ],
      values: { loss: costs, costUsd: costs, quality: qualities },
    },
    slack: 1,
    sureSlack: 1,
    doubts: [0.05],
  }
}

/** Cost and quality with nothing but luck between the candidates: true means 10 and 0.5. */
function equals(seed: number, candidates: number): Judged[] {
  const random = createRandom(seed)
  const noise = (): number => Math.sqrt(12) * (random.next() - 0.5)
  const column = (of: () => number): Float64Array => Float64Array.from({ length: ROWS }, of)
  return Array.from({ length: candidates }, () =>
    aJudged(
      column(() => 10 + noise()),
      column(() => 0.5 + 0.1 * noise()),
    ),
  )
}

describe('selection bias', () => {
  it('is what the luckiest of equals owes to luck', () => {
    const seeds = Array.from({ length: 20 }, (_, index) => index + 1)
    const biases = seeds.map((seed) => selectionBias(equals(seed, CANDIDATES), clusters, seed).costUsd)
    const owed = seeds.map(
      (seed) => 10 - Math.min(...equals(seed, CANDIDATES).map(({ trial }) => trial.costUsd)),
    )
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
    // The least of twenty normal means lies 1.87 standard errors below the truth.
    expect(mean(owed)).toBeCloseTo(1.87 / Math.sqrt(ROWS), 1)
    expect(mean(biases) / mean(owed)).toBeGreaterThan(0.7)
    expect(mean(biases) / mean(owed)).toBeLessThan(1.3)
  })

  it('is none where there was no choice, or one is far ahead', () => {
    const [alone] = equals(1, 1)
    expect(Math.abs(selectionBias([alone!], clusters, 1).costUsd)).toBeLessThan(0.02)
    const [best, ...others] = equals(2, CANDIDATES)
    const ahead = aJudged(
      best!.trial.values.loss!.map((cost) => cost - 3),
      best!.trial.values.quality!,
    )
    expect(Math.abs(selectionBias([...others, ahead], clusters, 1).costUsd)).toBeLessThan(0.02)
  })

  it('takes back quality that was needed to be chosen', () => {
    const near = equals(3, CANDIDATES).map((one) => ({ ...one, doubts: [0.1] }))
    // Kept by the luckiest qualities alone: a mean of 0.5 has no room beside a margin of 0.1.
    expect(selectionBias(near, clusters, 1).quality).toBeLessThan(-0.002)
  })

  it('is the same each time, and zero where too few clusters say anything', () => {
    const judged = equals(4, 5)
    expect(selectionBias(judged, clusters, 7)).toEqual(selectionBias(judged, clusters, 7))
    expect(selectionBias(judged, { ...clusters, sufficient: false }, 7)).toEqual({ costUsd: 0, quality: 0 })
  })
})
