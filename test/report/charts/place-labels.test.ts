import { describe, expect, it } from 'vitest'
import { along, area, placeLabels, squareAround, textWidth } from '../../../src/report/charts/place-labels.js'

const plot = { width: 300, height: 200, fontSize: 12 }

describe('a label that is to hide nothing', () => {
  it('stands further off at the end of a line rather than on a dot', () => {
    const crowd = [-16, 0, 16].flatMap((dx) => [-16, 0, 16].map((dy) => squareAround({ x: 150 + dx, y: 100 + dy }, 7))) // prettier-ignore
    const [label] = placeLabels(
      [{ x: 150, y: 100, text: 'a policy', optional: true, isClear: true }],
      crowd,
      plot,
    )
    expect(label?.leader).not.toBeNull()
    const width = textWidth('a policy', plot.fontSize)
    const left =
      label === null || label === undefined ? 0 : label.align === 'right' ? label.x - width : label.x
    const y = label?.y ?? 0
    const box = { left, right: left + width, top: y - 6, bottom: y + 6 }
    for (const dot of crowd) expect(area(dot, box)).toBeLessThan(10)
  })

  it('is left out where there is no such place', () => {
    const full = [{ left: 0, top: 0, right: 300, bottom: 200 }]
    expect(placeLabels([{ x: 9, y: 9, text: 'x', optional: true, isClear: true }], full, plot)).toEqual([
      null,
    ])
  })
})

describe('spots along a line', () => {
  it('are so close that no label passes between them', () => {
    const spots = along([
      { x: 0, y: 0 },
      { x: 30, y: 40 },
    ])
    expect(spots).toHaveLength(11)
    expect(spots.at(-1)).toEqual({ x: 30, y: 40 })
  })
})
