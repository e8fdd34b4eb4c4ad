/** Direct labels of the frontier chart: which points get one, and where it stands. */

import { percent, shortName } from '../format.js'
import type { ToggledLayer, Width } from './chart.js'
import {
  directName,
  isSingle,
  TOGGLED,
  type FrontierKind,
  type FrontierRow,
  type FrontierRows,
} from './frontier-rows.js'
import { isBelow, type FrontierScale } from './frontier-scale.js'
import {
  along,
  placeLabels,
  squareAround,
  textWidth,
  type Box,
  type PlacedLabel,
  type Plot,
} from './place-labels.js'
import { placeNumbers } from './place-numbers.js'

const LABEL_LENGTH: Readonly<Record<Width, number>> = { narrow: 18, wide: 30 }
/** So many hull models get a label; the rest are dots whose title says their name, as in the table. */
const HULL_LABELS: Readonly<Record<Width, number>> = { narrow: 4, wide: 9 }

/** So many models beside the hull get their names; of more, numbers. */
const OTHER_LABELS: Readonly<Record<Width, number>> = { narrow: 3, wide: 9 }

/** In pixels of the plot. */
export interface DataLabel {
  readonly text: string
  readonly isNumber?: boolean
  /** Goes with marks that the reader may switch off. */
  readonly layer?: ToggledLayer
  readonly x: number
  readonly y: number
  readonly align: PlacedLabel['align']
  /** The line to the point; null when the label stands next to it. */
  readonly fromX: number | null
  readonly fromY: number | null
  readonly toX: number
  readonly toY: number
}

/** A place in cost and quality. */
export interface Spot {
  readonly costUsd: number
  readonly quality: number
}

export interface LabelSpace {
  readonly scale: FrontierScale
  readonly plot: Plot
  readonly width: Width
}

/** A model in a crowd that leaves its number no place, and the number that is drawn nearest to it. */
export interface Crowded {
  readonly row: FrontierRow
  readonly beside: number | null
}

export interface DirectLabels {
  readonly labels: readonly DataLabel[]
  readonly crowded: readonly Crowded[]
}

/** Those that matter most take their place first. */
export function directLabels(data: FrontierRows, line: readonly Spot[], space: LabelSpace): DirectLabels {
  const pixel = pixels(space)
  const dots = data.rows.map((row) => squareAround(pixel(row), 5))
  const lines = [
    ...along(line.map(pixel)).map((point) => squareAround(point, 2)),
    ...data.rows.flatMap((row) => intervalBoxes(row, pixel)),
  ]
  const rows = labelledRows(data, space.width)
  const names = rows.map((row) => ({
    ...pixel(row),
    text: labelText(row, space),
    optional: isSingle(row),
    isModest: row.number !== null && row.kind !== 'hullSingle',
    layer: TOGGLED[row.kind],
  }))
  const placed = placeLabels(names, [...dots, ...lines], space.plot)
  const named = new Set(rows.filter((_, i) => placed[i] !== null))
  const known = policyNames(data)
  const numbered = data.rows.filter((row) => row.number !== null && !named.has(row) && !known.has(row.label))
  const numbers = numbered.map((row) => ({
    ...pixel(row),
    text: String(row.number),
    layer: TOGGLED[row.kind],
  }))
  const texts = placed.flatMap((label, i) => (label === null ? [] : [withLeader(label, names[i])]))
  const solid = [
    ...dots,
    ...texts.flatMap((label) => [boxOf(label, space.plot.fontSize), ...leaderBoxes(label)]),
  ]
  const places = placeNumbers(numbers, { solid, lines }, space.plot)
  return {
    labels: [
      ...texts,
      ...places.flatMap((label, i) =>
        label === null ? [] : [{ ...withLeader(label, numbers[i]), isNumber: true }],
      ),
    ],
    crowded: crowdedOf(
      numbered.map((row, i) => ({ row, isDrawn: places[i] !== null })),
      pixel,
    ),
  }
}

function crowdedOf(
  numbered: readonly { readonly row: FrontierRow; readonly isDrawn: boolean }[],
  pixel: ToPixel,
): Crowded[] {
  const drawn = numbered.filter(({ isDrawn }) => isDrawn).map(({ row }) => ({ ...pixel(row), row }))
  return numbered
    .filter(({ isDrawn }) => !isDrawn)
    .map(({ row }) => {
      const { x, y } = pixel(row)
      const distance = (other: Pixel): number => Math.hypot(other.x - x, other.y - y)
      const [first, ...others] = drawn
      const nearest = others.reduce(
        (best, one) => (best !== undefined && distance(one) >= distance(best) ? best : one),
        first,
      )
      return { row, beside: nearest?.row.number ?? null }
    })
}

/** `model:X` is the policy that asks X for everything: one label for both is enough. */
function policyNames({ rows }: FrontierRows): ReadonlySet<string> {
  const policies = rows.filter(({ kind }) => kind === 'policy' || kind === 'baseline')
  return new Set(policies.map(({ label }) => label.replace(/^model:/, '')))
}

/** Where a placed label lies. */
function boxOf({ text, x, y, align }: DataLabel, fontSize: number): Box {
  const width = textWidth(text, fontSize)
  const left = align === 'left' ? x : align === 'right' ? x - width : x - width / 2
  return { left, right: left + width, top: y - fontSize * 0.6, bottom: y + fontSize * 0.6 }
}

function leaderBoxes({ fromX, fromY, toX, toY }: DataLabel): Box[] {
  if (fromX === null || fromY === null) return []
  return along([
    { x: fromX, y: fromY },
    { x: toX, y: toY },
  ]).map((point) => squareAround(point, 2))
}

interface Pixel {
  readonly x: number
  readonly y: number
}

type ToPixel = (spot: Spot) => Pixel

function pixels({ scale: { cost, quality }, plot }: LabelSpace): ToPixel {
  const [low, high] = quality
  return (spot) => ({
    x: cost.place(spot.costUsd) * plot.width,
    y: (1 - (Math.max(spot.quality, low) - low) / (high - low)) * plot.height,
  })
}

function labelledRows(data: FrontierRows, width: Width): FrontierRow[] {
  const { rows } = data
  const of = (...kinds: FrontierKind[]): FrontierRow[] => rows.filter((row) => kinds.includes(row.kind))
  const named = policyNames(data)
  const hull = of('hullSingle')
    .filter((row) => !named.has(row.label))
    .sort((a, b) => b.quality - a.quality)
  const others = of('single', 'partialSingle').filter((row) => !named.has(row.label))
  return [
    ...of('baseline', 'policy'),
    ...of('oracle'),
    ...spread(hull, HULL_LABELS[width]),
    ...(others.length <= OTHER_LABELS[width] ? others : []),
  ]
}

/** At most `count` of the items, first and last included. */
function spread<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items]
  return items.filter(
    (_, i) =>
      Math.floor((i * (count - 1)) / (items.length - 1)) !==
      Math.floor(((i - 1) * (count - 1)) / (items.length - 1)),
  )
}

function labelText(row: FrontierRow, { scale, width }: LabelSpace): string {
  const name = shortName(nameThatFits(row, LABEL_LENGTH[width]), LABEL_LENGTH[width])
  // An arrow: the point stands at the lower edge and belongs further down.
  return isBelow(row, scale) ? `${name} ↓ ${percent(row.quality)}` : name
}

/** `mistralai/mistral-7b-chat` is better known by its last part than by both ends. */
function nameThatFits(row: FrontierRow, length: number): string {
  const name = directName(row)
  const isModel = isSingle(row) || row.kind === 'baseline' || name.startsWith('model:')
  return name.length <= length || !isModel ? name : name.replace(/^(baseline |model:)?(?:[^/\s]+\/)+/, '$1')
}

function intervalBoxes(row: FrontierRow, pixel: ToPixel): Box[] {
  const { costUsd, quality, costCi, qualityCi } = row
  const bars = [
    ...(qualityCi === null
      ? []
      : [
          [
            { costUsd, quality: qualityCi[1] },
            { costUsd, quality: qualityCi[0] },
          ] as const,
        ]),
    ...(costCi === null
      ? []
      : [
          [
            { costUsd: costCi[0], quality },
            { costUsd: costCi[1], quality },
          ] as const,
        ]),
  ]
  return bars.map(([from, to]) => {
    const [a, b] = [pixel(from), pixel(to)]
    return { left: a.x - 2, right: b.x + 2, top: a.y - 2, bottom: b.y + 2 }
  })
}

interface LabelAnchor extends Pixel {
  readonly layer: ToggledLayer | undefined
}

function withLeader(label: PlacedLabel, anchor: LabelAnchor | undefined): DataLabel {
  const { text, x, y, align, leader } = label
  return {
    ...(anchor?.layer === undefined ? {} : { layer: anchor.layer }),
    text,
    x,
    y,
    align,
    fromX: leader === null ? null : (anchor?.x ?? null),
    fromY: leader === null ? null : (anchor?.y ?? null),
    toX: leader?.x ?? x,
    toY: leader?.y ?? y,
  }
}
