import { percent, tidyMoney } from '../../report/format.js'
import type { RangeKnob } from '../knobs/knob.js'

/** Positions of a slider. */
export const STEPS = 200

/** Where a value lies on the slider. */
export function positionOf({ min, max, scale }: RangeKnob, value: number): number {
  const share = scale === 'linear' ? (value - min) / (max - min) : Math.log(value / min) / Math.log(max / min)
  return Math.round(STEPS * Math.min(1, Math.max(0, Number.isNaN(share) ? 0 : share)))
}

/** The value at a position: three decimals on a line, three digits where steps are factors. The knob's own value stays exact. */
export function valueAt(knob: RangeKnob, position: number): number {
  if (position === positionOf(knob, knob.value)) return knob.value
  const { min, max, scale } = knob
  const share = position / STEPS
  return scale === 'linear'
    ? Number((min + share * (max - min)).toFixed(3))
    : Number((min * (max / min) ** share).toPrecision(3))
}

/** Evenly spread over the slider, the ends included: what a sweep tries. */
export function sweepValues(knob: RangeKnob, count: number): number[] {
  return Array.from({ length: count }, (_, index) => valueAt(knob, Math.round((index * STEPS) / (count - 1))))
}

export function valueText({ unit }: RangeKnob, value: number): string {
  switch (unit) {
    case 'usd':
      return tidyMoney(value)
    case 'share':
      return percent(value)
    case 'number':
      return String(value)
  }
}
