import { describe, expect, it } from 'vitest'
import { axisOf } from '../../src/page/view/axis.js'

const ends = { from: 48, to: 448 }

describe('an axis in steps of a factor', () => {
  it('places every tick by its value, those below the smallest value too', () => {
    const axis = axisOf([0.048, 21], { ...ends, isLog: true })
    expect(axis.ticks).toEqual([0.03, 0.1, 0.3, 1, 3, 10, 30])
    const steps = axis.ticks.map((tick) => axis.at(tick))
    expect((steps[2] ?? 0) - (steps[0] ?? 0)).toBeCloseTo((steps[4] ?? 0) - (steps[2] ?? 0), 6)
    expect(axis.at(0.03)).toBeLessThan(axis.at(0.048))
  })

  it('has what is free at its left end', () => {
    expect(axisOf([0, 0.048, 21], { ...ends, isLog: true }).at(0)).toBe(48)
  })
})
