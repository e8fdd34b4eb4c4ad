import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { compare } from '../../src/metrics/compare.js'
import { routingSkill, type SkillInput } from '../../src/metrics/routing-skill.js'
import { shuffledRows } from '../../src/metrics/shuffled-rows.js'
import { aComparison, anOutcome, aRun, aTable } from './builders.js'
import { aRouter, aTruth } from './known-truth.js'

/** The verdict on a router over a log, next to the dear model as the baseline. */
function verdict(table: Parameters<typeof aRun>[0], choose: (row: number) => number, replicates = 1000) {
  const input = aComparison(table, [aRun(table, () => 1), aRun(table, choose)])
  return compare({ ...input, replicates }).runs[1]!
}

describe('known truth', () => {
  it('finds a planted router', () => {
    const truth = aTruth(2000, 1)
    const run = verdict(truth.table, aRouter(truth, 0.85, 2))
    expect(run.routingSkill).toBe('yes')
    expect(run.routingSkillBecause).toMatch(/^At its own cost it beats the best fixed mix/)
    // Truth: asks the dear model half of the time, right in 85 % of the cases.
    // quality = (.85 x .9 + .15 x .95)/2 + (.85 x .9 + .15 x .3)/2 = 0.85875; mix at half = (0.6 + 0.925)/2 = 0.7625.
    expect(run.gainOverHull.points).toBeCloseTo(0.09625, 1)
    expect(run.gainOverHull.ci![0]).toBeLessThan(0.09625)
    expect(run.gainOverHull.ci![1]).toBeGreaterThan(0.09625)
    expect(run.control.gainCi![0]).toBeLessThan(0.09625)
    expect(run.control.gainCi![1]).toBeGreaterThan(0.09625)
  })

  it('finds no skill in the same router when outcome rows are shuffled', () => {
    const truth = aTruth(2000, 1)
    const run = verdict(shuffledRows(truth.table, 3), aRouter(truth, 0.85, 2))
    expect(run.routingSkill).toBe('no evidence')
    expect(run.routingSkillBecause).toMatch(/fixed mix of its models (is|may be) (as good|better)/)
  })

  it('says of a lot in at most 1 of 20 logs that it has skill', () => {
    let found = 0
    for (let log = 0; log < 150; log++) {
      const truth = aTruth(400, 100 + log)
      const random = createRandom(log)
      if (verdict(truth.table, () => (random.next() < 0.5 ? 1 : 0), 300).routingSkill === 'yes') found++
    }
    expect(found).toBeLessThanOrEqual(7)
  })

  it('covers the true gain over both controls in about 95 % of logs, also with sessions', () => {
    const truthGain = 0.09625
    let hull = 0
    let control = 0
    const logs = 300
    for (let log = 0; log < logs; log++) {
      const truth = aTruth(400, 5000 + log, 100)
      const run = verdict(truth.table, aRouter(truth, 0.85, log), 400)
      const covers = ([low, high]: readonly [number, number]) => low <= truthGain && truthGain <= high
      if (covers(run.gainOverHull.ci!)) hull++
      if (covers(run.control.gainCi!)) control++
    }
    for (const covered of [hull, control]) {
      expect(covered / logs).toBeGreaterThan(0.91)
      expect(covered / logs).toBeLessThan(0.99)
    }
  })

  it('sees no routing in a single model, whatever it saves', () => {
    const run = verdict(aTruth(500, 1).table, () => 0)
    expect(run.routingSkill).toBe('no evidence')
    expect(run.routingSkillBecause).toBe(
      'Every answer came from one model (cheap), so there is no routing to judge; what it saves comes from the choice of model.',
    )
    expect(run.savedByRouting).toBeCloseTo(500 * 0.009, 9)
    expect(run.control.gain).toBe(0)
    // No observed difference never means that there can be none.
    expect(run.control.gainCi![0]).toBeLessThan(0)
    expect(run.control.gainCi![1]).toBeGreaterThan(0)
  })

  it('cannot judge a log with one outcome a request', () => {
    const size = 300
    const asked = Array.from({ length: size }, (_, row) => row % 2)
    const quality = (model: number) => asked.map((index, row) => (index === model ? (row % 3 ? 1 : 0) : NaN))
    const cost = (model: number) => asked.map((index) => (index === model ? 0.01 * (model + 1) : NaN))
    const table = aTable({
      outcomes: [anOutcome('a', quality(0), cost(0)), anOutcome('b', quality(1), cost(1))],
    })
    const [asLogged, other] = compare(
      aComparison(table, [aRun(table, (row) => asked[row]!), aRun(table, (row) => 1 - asked[row]!)]),
    ).runs
    expect(asLogged).toMatchObject({ routingSkill: 'no evidence', knownShare: 1 })
    expect(asLogged!.routingSkillBecause).toMatch(/^Too few requests have outcomes of all its models/)
    expect(other).toMatchObject({ quality: null, knownShare: 0, qualityDelta: null, costUsd: null })
    expect(other!.routingSkillBecause).toMatch(/^Quality is known for only 0.0 %/)
    expect(other!.evidence.qualityBounds).toEqual([0, 1])
    expect(other!.evidence.mode).toBe('logged-deterministic')
  })
})

describe('routingSkill', () => {
  const skilled: SkillInput = {
    modelsUsed: ['a', 'b'],
    knownShare: 1,
    servedShare: 1,
    costEstimatedShare: 0.05,
    overHull: { points: 0.02, ci: [0.01, 0.03] },
    overShuffled: { points: 0.02, ci: [0.005, 0.03] },
    leftOfHull: false,
    noIntervals: null,
  }

  it('says yes only when both lower limits are above 0', () => {
    expect(routingSkill(skilled).routingSkill).toBe('yes')
    expect(routingSkill({ ...skilled, overHull: { points: 0.01, ci: [0, 0.02] } })).toEqual({
      routingSkill: 'no evidence',
      because:
        'A fixed mix of its models may be as good as this router at the same cost: gain +1.00 points (95 % interval +0.00 to +2.00).',
    })
    expect(routingSkill({ ...skilled, overShuffled: { points: 0.01, ci: [-0.01, 0.02] } })).toEqual({
      routingSkill: 'no evidence',
      because:
        "Handing out the same models by lot may be as good as this router's choices: gain +1.00 points (95 % interval −1.00 to +2.00).",
    })
  })

  it.each<[Partial<SkillInput>, RegExp]>([
    [{ modelsUsed: [] }, /answered no request/],
    [{ knownShare: 0.9499 }, /known for only 94.9 %/],
    [{ costEstimatedShare: 0.0501 }, /Costs are estimated for 5.1 % of the requests/],
    [{ overHull: { points: -0.02, ci: [-0.03, -0.01] } }, /is better than this router/],
    [{ overHull: { points: 0, ci: [-0.004, 0.005] } }, /A fixed mix of its models is as good as this router/],
    [
      { servedShare: 0.9, overHull: { points: 0, ci: [-0.03, 0.01] } },
      /the 10.0 % of the requests that got no answer counted in/,
    ],
    [{ overHull: { points: null, ci: null }, leftOfHull: true }, /costs less than its cheapest model/],
    [{ overHull: { points: 0.02, ci: null }, noIntervals: 'only 7 windows' }, /no intervals.*only 7 windows/],
    [
      { overHull: { points: -0.02, ci: null }, noIntervals: 'only 7 windows' },
      /no worse at the same cost.*only 7/,
    ],
  ])('gives the reason for %o', (change, sentence) => {
    const { routingSkill: skill, because } = routingSkill({ ...skilled, ...change })
    expect(skill).toBe('no evidence')
    expect(because).toMatch(sentence)
  })
})
