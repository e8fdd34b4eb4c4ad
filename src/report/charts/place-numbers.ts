/**
 * Numbers beside dots. A number says nothing from afar, so it stands right beside its dot; in a crowd it stands in the nearest
 * free place around, with a line to its dot that touches no other dot and no other text.
 */

import {
  area,
  around,
  boxAt,
  outside,
  textWidth,
  type Box,
  type PlacedLabel,
  type Plot,
  type Spot,
} from './place-labels.js'

export interface Numbered {
  readonly x: number
  readonly y: number
  readonly text: string
}

export interface Obstacles {
  /** Dots and names: nothing lies on them or runs through them. */
  readonly solid: readonly Box[]
  /** Lines: no number lies on them, a number's own line may cross them. */
  readonly lines: readonly Box[]
}

/** Of numbers, in letters of the names. */
export const NUMBER_SIZE = 0.85
/** Square pixels of other things that a number may lie on. */
const MOST_HIDDEN = 6
/** Between numbers: 6 and 9 side by side must not read as 69. */
const NUMBER_GAP = 5

/** One label or null per number, null where a crowd leaves no place. Those that have the least choice take theirs first. */
export function placeNumbers(
  numbers: readonly Numbered[],
  { solid, lines }: Obstacles,
  plot: Plot,
): (PlacedLabel | null)[] {
  const firm = [...solid]
  const soft = [...lines]
  const placed: (PlacedLabel | null)[] = numbers.map(() => null)
  const isFree = (box: Box): boolean => hidden(box, firm, plot) + hidden(box, soft, plot) <= MOST_HIDDEN
  const choice = numbers.map((number) => nearPlaces(number, plot).filter(isFree).length)
  const order = numbers.map((_, i) => i).sort((a, b) => (choice[a] ?? 0) - (choice[b] ?? 0) || a - b)
  const take = (i: number, number: Numbered, box: Box, leader: PlacedLabel['leader']): void => {
    placed[i] = labelAt(number, box, leader)
    firm.push(box)
  }
  for (const i of order) {
    const number = numbers[i]
    const box = number === undefined ? undefined : nearPlaces(number, plot).find(isFree)
    if (number !== undefined && box !== undefined) take(i, number, box, null)
  }
  for (const i of order) {
    const number = numbers[i]
    if (number === undefined || placed[i] !== null) continue
    const box = farPlaces(number, plot).find((far) => isFree(far) && isReached(number, far, firm))
    if (box === undefined) continue
    take(i, number, box, edgeTowards(box, number))
    soft.push(...lineTo(number, box).map(({ x, y }) => boxAt(x - 1, y - 1, 2, 2)))
  }
  return placed
}

function sizeOf(text: string, plot: Plot): { readonly width: number; readonly height: number } {
  const fontSize = plot.fontSize * NUMBER_SIZE
  return { width: textWidth(text, fontSize) + NUMBER_GAP, height: fontSize * 1.15 }
}

/** Closer than names: a number must be read as that of its own point. */
function nearPlaces(number: Numbered, plot: Plot): Box[] {
  return around(number, { ...sizeOf(number.text, plot), side: 6, above: 5, corner: [4, 3] })
}

const AIR = 2
const DISTANCES = [14, 19, 25, 32, 40, 50, 62]
const DIRECTIONS = 16

/** Ever wider rings, to the right first. */
function farPlaces({ x, y, text }: Numbered, plot: Plot): Box[] {
  const { width, height } = sizeOf(text, plot)
  return DISTANCES.flatMap((distance) =>
    Array.from({ length: DIRECTIONS }, (_, k) => {
      const angle = ((k % 2 === 0 ? k : -k - 1) / DIRECTIONS) * Math.PI
      const across = Math.cos(angle) * (distance + width / 2)
      const down = Math.sin(angle) * (distance + height / 2)
      return boxAt(x + across - width / 2, y + down - height / 2, width, height)
    }),
  )
}

function hidden(box: Box, others: readonly Box[], plot: Plot): number {
  let sum = outside(box, plot) * 20
  for (const other of others) sum += area(box, other)
  return sum
}

/** Dots that lie on its own dot are no hindrance: nothing tells them apart. */
function isReached(number: Numbered, box: Box, solid: readonly Box[]): boolean {
  const spots = lineTo(number, box)
  return solid.every((other) => holds(other, number) || spots.every((spot) => !holds(inner(other), spot)))
}

/** Spots of the line from a dot to its number, close to each other. */
function lineTo(from: Spot, box: Box): Spot[] {
  const to = edgeTowards(box, from)
  const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 2))
  return Array.from({ length: steps }, (_, k) => ({
    x: from.x + ((to.x - from.x) * (k + 1)) / (steps + 1),
    y: from.y + ((to.y - from.y) * (k + 1)) / (steps + 1),
  }))
}

/** Boxes leave their things some air, which a line may use. */
function inner({ left, right, top, bottom }: Box): Box {
  return { left: left + AIR, right: right - AIR, top: top + AIR, bottom: bottom - AIR }
}

function holds({ left, right, top, bottom }: Box, { x, y }: Spot): boolean {
  return x > left && x < right && y > top && y < bottom
}

/** Where the line meets the number: the middle of the text, seen from its dot. */
function edgeTowards({ left, right, top, bottom }: Box, from: Spot): Spot {
  const inset = NUMBER_GAP / 2 - 1
  return {
    x: Math.min(Math.max(from.x, left + inset), right - inset),
    y: Math.min(Math.max(from.y, top + 1), bottom - 1),
  }
}

function labelAt(number: Numbered, box: Box, leader: PlacedLabel['leader']): PlacedLabel {
  const y = (box.top + box.bottom) / 2
  const { text } = number
  if (leader !== null) return { text, x: (box.left + box.right) / 2, y, align: 'center', leader }
  if (box.left >= number.x) return { text, x: box.left, y, align: 'left', leader }
  if (box.right <= number.x) return { text, x: box.right, y, align: 'right', leader }
  return { text, x: (box.left + box.right) / 2, y, align: 'center', leader }
}
