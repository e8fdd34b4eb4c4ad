/** A text that wants to stand beside a mark. */
export interface WantedLabel {
  readonly x: number
  readonly y: number
  readonly text: string
  readonly kind: string
}

export interface PlacedLabel extends WantedLabel {
  readonly anchor: 'start' | 'end'
}

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** Of a letter at the drawing's font size; an upper limit, as texts are not measured. */
const LETTER_WIDTH = 7
const LINE = 15
const GAP = 13

/** Beside the mark on either side, higher or lower; a label that fits nowhere is left out, since the mark has a title. */
export function placeLabels(wanted: readonly WantedLabel[], room: Box): PlacedLabel[] {
  const taken: Box[] = wanted.map(({ x, y }) => ({ left: x - 7, right: x + 7, top: y - 7, bottom: y + 7 }))
  return wanted.flatMap((label): PlacedLabel[] => {
    const found = placesOf(label).find(
      ({ box }) => isInside(box, room) && taken.every((other) => !overlaps(box, other)),
    )
    if (found === undefined) return []
    taken.push(found.box)
    return [found.label]
  })
}

function placesOf(label: WantedLabel): { readonly label: PlacedLabel; readonly box: Box }[] {
  const width = label.text.length * LETTER_WIDTH
  return [0, -LINE, LINE, -2 * LINE, 2 * LINE].flatMap((shift) =>
    (['start', 'end'] as const).map((anchor) => {
      const x = label.x + (anchor === 'start' ? GAP : -GAP)
      const y = label.y + 4 + shift
      const left = anchor === 'start' ? x : x - width
      return {
        label: { ...label, x, y, anchor },
        box: { left, right: left + width, top: y - LINE + 3, bottom: y + 3 },
      }
    }),
  )
}

function isInside(box: Box, room: Box): boolean {
  return box.left >= room.left && box.right <= room.right && box.top >= room.top && box.bottom <= room.bottom
}

function overlaps(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}
