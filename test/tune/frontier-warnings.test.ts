import { describe, expect, it } from 'vitest'
import { outcomeMatrix } from '../../src/tune/frontier/outcome-matrix.js'
import { frontierWarnings, type WarningInput } from '../../src/tune/frontier/warnings.js'
import { anOutcome, aTable } from '../metrics/builders.js'

const rows = Array.from({ length: 2000 }, (_, row) => row)
const table = aTable({
  outcomes: [
    anOutcome(
      'cheap',
      rows.map((row) => (row % 3 === 0 ? 0 : 1)),
      0.001,
    ),
    anOutcome(
      'middle',
      rows.map((row) => (row % 4 === 0 ? 0 : 1)),
      0.002,
    ),
    anOutcome(
      'dear',
      rows.map((row) => (row % 50 === 0 ? 0 : 1)),
      0.01,
    ),
  ],
})

const warned = (points: number, ci: readonly [number, number], parts: Partial<WarningInput> = {}) =>
  frontierWarnings({
    matrix: outcomeMatrix(table, ['cheap', 'middle', 'dear'], 1),
    listed: undefined,
    gains: [{ kind: 'learned', gainOverHull: { points, ci } }],
    resampling: { unit: 'users', units: 100 },
    modelsLeftOut: [],
    seed: 1,
    ...parts,
  })

describe('frontierWarnings', () => {
  it('says how many would be needed to see a gain that may be chance', () => {
    const [found, ...others] = warned(2, [-1, 5])
    expect(others).toEqual([])
    expect(found).toMatchObject({
      code: 'too-few-for-gain',
      figures: { kind: 'learned', points: 2, units: 100, needed: 460 },
    })
    expect(found?.message).toContain('on 100 users')
    expect(found?.message).toContain('may be chance')
  })

  it('says so of a gain that is seen but that most such logs would not show', () => {
    const [found] = warned(2, [0.1, 3.9])
    expect(found?.figures).toMatchObject({ needed: 185 })
    expect(found?.message).toContain('look larger than it is')
  })

  it('keeps silent on gains that are large, that nobody would claim, or that have no interval', () => {
    expect(warned(5, [4, 6])).toEqual([])
    expect(warned(0.4, [-3, 3.8])).toEqual([])
    expect(warned(-1, [-3, 1])).toEqual([])
    expect(warned(2, [-1, 5], { gains: [{ kind: 'task', gainOverHull: { points: 2, ci: null } }] })).toEqual(
      [],
    )
  })

  it('names some of many models that complete cases had no room for, and all in its figures', () => {
    const modelsLeftOut = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    const [found] = warned(5, [4, 6], { modelsLeftOut })
    expect(found).toMatchObject({ code: 'models-left-out', figures: { models: modelsLeftOut } })
    expect(found?.message).toMatch(/left out a, b, c, d, e, 2 more$/)
  })

  it('holds the tiers of a policy against recorded costs', () => {
    const listed = ['dear', 'cheap', 'middle'].map((id, tier) => ({ id, tier, prices: undefined }))
    const found = warned(5, [4, 6], { listed }).map(({ code, figures }) => [
      code,
      figures['listedCheaper'],
      figures['listedDearer'],
    ])
    expect(found).toEqual([
      ['price-order', 'dear', 'cheap'],
      ['price-order', 'dear', 'middle'],
    ])
  })
})
