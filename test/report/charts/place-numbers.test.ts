import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { area, textWidth, type Box, type PlacedLabel } from '../../../src/report/charts/place-labels.js'
import { NUMBER_SIZE, placeNumbers, type Numbered } from '../../../src/report/charts/place-numbers.js'

const plot = { width: 234, height: 440, fontSize: 12 }
const around = ({ x, y }: Numbered): Box => ({ left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 })
const numbered = (spots: readonly (readonly [x: number, y: number])[]): Numbered[] =>
  spots.map(([x, y], i) => ({ x, y, text: String(i + 1) }))
const placed = (numbers: readonly Numbered[]): (PlacedLabel | null)[] =>
  placeNumbers(numbers, { solid: numbers.map(around), lines: [] }, plot)

function boxOf({ text, x, y, align }: PlacedLabel): Box {
  const width = textWidth(text, plot.fontSize * NUMBER_SIZE)
  const left = align === 'left' ? x : align === 'right' ? x - width : x - width / 2
  return { left, right: left + width, top: y - 5, bottom: y + 5 }
}

describe('numbers beside dots', () => {
  it('stand next to their dots where there is room', () => {
    const [one, two] = placed(numbered([[60, 60], [160, 200]])) // prettier-ignore
    for (const label of [one, two]) expect(label?.leader).toBeNull()
    expect(Math.abs((one?.x ?? 0) - 60)).toBeLessThan(10)
  })

  it('never read as one', () => {
    const labels = placed([100, 106].map((x) => ({ x, y: 50, text: '6' })))
    const [left, right] = labels
      .flatMap((label) => (label === null ? [] : [boxOf(label)]))
      .sort((a, b) => a.left - b.left)
    expect((right?.left ?? 0) - (left?.right ?? 0)).toBeGreaterThan(4)
  })

  it('go with a line to the nearest free place when a crowd has taken those beside it', () => {
    const crowd = numbered([-14, -7, 0, 7, 14].flatMap((dx) => [-14, -7, 0, 7, 14].map((dy) => [110 + dx, 200 + dy] as const))) // prettier-ignore
    const labels = placed(crowd)
    expect(labels.filter((label) => label === null).length).toBeLessThan(10)
    expect(labels.some((label) => label !== null && label.leader !== null)).toBe(true)
  })

  it('cover neither each other nor dots and stay in the plot, whatever the crowd', () => {
    const spot = fc.tuple(fc.integer({ min: 0, max: 234 }), fc.integer({ min: 0, max: 440 }))
    fc.assert(
      fc.property(fc.array(spot, { minLength: 1, maxLength: 60 }), (spots) => {
        const numbers = numbered(spots)
        const boxes = placed(numbers).flatMap((label) => (label === null ? [] : [boxOf(label)]))
        boxes.forEach((box, i) => {
          expect(box.left).toBeGreaterThanOrEqual(-1)
          expect(box.right).toBeLessThanOrEqual(plot.width + 1)
          for (const other of [...boxes.slice(i + 1), ...numbers.map(around)])
            expect(area(box, other)).toBeLessThanOrEqual(6)
        })
      }),
      { numRuns: 60 },
    )
  })

  it('find a place for nearly all of sixty dots spread over a phone', () => {
    const spots = Array.from({ length: 60 }, (_, i) => [(i * 89) % 234, (i * 193) % 440] as const)
    expect(placed(numbered(spots)).filter((label) => label === null).length).toBeLessThan(2)
  })
})
