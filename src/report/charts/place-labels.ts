/**
 * Direct labels without a canvas: widths are estimated, places are tried around each point, the one with the least overlap and distance wins.
 * Coordinates are pixels from the top left corner of the plot.
 */

export interface Anchor {
  readonly x: number
  readonly y: number
  readonly text: string
  /** May be left out where there is no good place near its point. */
  readonly optional: boolean
  /** It has a number to fall back on: it takes a good place only. */
  readonly isModest?: boolean
  /** It hides nothing: it rather stands further off, at the end of a line, or is left out. */
  readonly isClear?: boolean
}

export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export interface PlacedLabel {
  readonly text: string
  /** The end of the text that faces its point, so that a wrong estimate of its width leaves no gap. */
  readonly x: number
  readonly align: 'left' | 'center' | 'right'
  readonly y: number
  /** Where a line from the point meets the label; null when the label stands next to its point. */
  readonly leader: { readonly x: number; readonly y: number } | null
}

export interface Plot {
  readonly width: number
  readonly height: number
  readonly fontSize: number
}

/** A place on the plot. */
export interface Spot {
  readonly x: number
  readonly y: number
}

/** Spots of a line so close that no label passes between them. */
export function along(line: readonly Spot[]): Spot[] {
  return line.flatMap((from, i) => {
    const to = line[i + 1]
    if (to === undefined) return [from]
    const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 5))
    return Array.from({ length: steps }, (_, k) => ({
      x: from.x + ((to.x - from.x) * k) / steps,
      y: from.y + ((to.y - from.y) * k) / steps,
    }))
  })
}

export function squareAround({ x, y }: Spot, radius: number): Box {
  return { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius }
}

/** One label or null per anchor; `obstacles` are points and lines that labels keep off. */
export function placeLabels(
  anchors: readonly Anchor[],
  obstacles: readonly Box[],
  plot: Plot,
): (PlacedLabel | null)[] {
  const taken = [...obstacles]
  return anchors.map((anchor) => {
    const best = bestPlace(anchor, taken, plot)
    if (anchor.optional && best.badness > mostBadness(anchor)) return null
    taken.push(best.box)
    const y = (best.box.top + best.box.bottom) / 2
    const leader = best.distance > 0 ? nearestEdge(anchor, best.box) : null
    return { text: anchor.text, ...facing(anchor, best.box), y, leader }
  })
}

/** Square pixels of overlap that one pixel of distance is worth avoiding. */
const DISTANCE_WEIGHT = 2.5
/** Of what a label hides that is to hide nothing. */
const CLEAR_WEIGHT = 6
/** An optional label worse than this would confuse more than it tells. */
const MOST_BADNESS = 140
/** What a name that may be a number may hide. */
const MOST_MODEST = 25

function mostBadness({ isModest }: Anchor): number {
  return isModest === true ? MOST_MODEST : MOST_BADNESS
}

/** Width of a text in a sans-serif face: wide enough for most, so that labels rarely touch. */
export function textWidth(text: string, fontSize: number): number {
  let ems = 0
  for (const letter of text)
    ems += (letter.codePointAt(0) ?? 0) > 0x2e7f ? 1.05 : /[mwMW@%…—]/.test(letter) ? 0.86 : 0.58
  return ems * fontSize
}

interface Place {
  readonly box: Box
  /** 0 for a place right beside the point. */
  readonly distance: number
}

function bestPlace(anchor: Anchor, taken: readonly Box[], plot: Plot): Place & { readonly badness: number } {
  let best = { box: boxAt(anchor.x, anchor.y, 0, 0), distance: 0, badness: Infinity }
  for (const place of places(anchor, plot)) {
    const hidden = taken.reduce((sum, box) => sum + area(box, place.box), 0)
    const overlap = outside(place.box, plot) * 20 + hidden * (anchor.isClear === true ? CLEAR_WEIGHT : 1)
    const badness = overlap + place.distance * DISTANCE_WEIGHT
    if (badness < best.badness - 1) best = { ...place, badness }
    if (badness === 0) break
  }
  return best
}

function places(anchor: Anchor, plot: Plot): Place[] {
  const width = textWidth(anchor.text, plot.fontSize)
  const height = plot.fontSize * 1.15
  const { x, y } = anchor
  const near = around(anchor, { width, height, side: 9, above: 9, corner: [6, 6] })
  const far = [24, 40, 58, 80, 104, 130].flatMap((distance) =>
    [1, -1].flatMap((side) =>
      [-1, 1, -0.3, 0.3].map((slope) => {
        const left = side > 0 ? x + distance * 0.7 : x - distance * 0.7 - width
        return { box: boxAt(left, y + slope * distance - height / 2, width, height), distance }
      }),
    ),
  )
  return [...near.map((box) => ({ box, distance: 0 })), ...far]
}

interface Around {
  readonly width: number
  readonly height: number
  /** From the point to the nearest edge: beside it, above or below it, and at its corners, across and up or down. */
  readonly side: number
  readonly above: number
  readonly corner: readonly [x: number, y: number]
}

/** The eight places that touch a point, in the order in which they are liked. */
export function around({ x, y }: Spot, { width, height, side, above, corner }: Around): Box[] {
  return [
    boxAt(x + side, y - height / 2, width, height),
    boxAt(x - side - width, y - height / 2, width, height),
    boxAt(x - width / 2, y - above - height, width, height),
    boxAt(x - width / 2, y + above, width, height),
    boxAt(x + corner[0], y - corner[1] - height, width, height),
    boxAt(x - corner[0] - width, y - corner[1] - height, width, height),
    boxAt(x + corner[0], y + corner[1], width, height),
    boxAt(x - corner[0] - width, y + corner[1], width, height),
  ]
}

export function boxAt(left: number, top: number, width: number, height: number): Box {
  return { left, top, right: left + width, bottom: top + height }
}

export function area(a: Box, b: Box): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left)
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
  return width > 0 && height > 0 ? width * height : 0
}

export function outside(box: Box, plot: Plot): number {
  const inside = area(box, { left: 0, top: 0, right: plot.width, bottom: plot.height })
  return Math.max(0, (box.right - box.left) * (box.bottom - box.top) - inside)
}

function facing(anchor: Anchor, box: Box): { x: number; align: PlacedLabel['align'] } {
  if (box.left >= anchor.x) return { x: box.left, align: 'left' }
  if (box.right <= anchor.x) return { x: box.right, align: 'right' }
  return { x: (box.left + box.right) / 2, align: 'center' }
}

function nearestEdge(anchor: Anchor, box: Box): { x: number; y: number } {
  return {
    x: Math.min(Math.max(anchor.x, box.left - 2), box.right + 2),
    y: Math.min(Math.max(anchor.y, box.top), box.bottom),
  }
}
