/** Direct labels of the frontier chart: which points get one, and where it stands. */

import { percent, shortName } from '../format.js'
import type { Width } from './chart.js'
import type { FrontierKind, FrontierRow, FrontierRows } from './frontier-rows.js'
import { isBelow, type FrontierScale } from './frontier-scale.js'
import { placeLabels, type Box, type PlacedLabel, type Plot } from './place-labels.js'

const LABEL_LENGTH: Readonly<Record<Width, number>> = { narrow: 18, wide: 30 }
/** So many hull models get a label; the rest are dots whose title says their name, as in the table. */
const HULL_LABELS: Readonly<Record<Width, number>> = { narrow: 4, wide: 9 }

/** In pixels of the plot. */
export interface DataLabel {
  readonly text: string
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

/** Those that matter most take their place first. */
export function directLabels(data: FrontierRows, line: readonly Spot[], space: LabelSpace): DataLabel[] {
  const pixel = pixels(space)
  const obstacles: Box[] = [
    ...data.rows.map((row) => around(pixel(row), 5)),
    ...line.map((point) => around(pixel(point), 2)),
    ...data.rows.flatMap((row) => intervalBoxes(row, pixel)),
  ]
  const anchors = labelledRows(data, space.width).map((row) => ({
    ...pixel(row),
    text: labelText(row, space),
    optional: row.kind === 'hullSingle',
  }))
  return placeLabels(anchors, obstacles, space.plot).flatMap((label, i) =>
    label === null ? [] : [withLeader(label, anchors[i])],
  )
}

type ToPixel = (spot: Spot) => { readonly x: number; readonly y: number }

function pixels({ scale: { cost, quality }, plot }: LabelSpace): ToPixel {
  const [low, high] = quality
  return (spot) => ({
    x: cost.place(spot.costUsd) * plot.width,
    y: (1 - (Math.max(spot.quality, low) - low) / (high - low)) * plot.height,
  })
}

function labelledRows({ rows }: FrontierRows, width: Width): FrontierRow[] {
  const of = (...kinds: FrontierKind[]): FrontierRow[] => rows.filter((row) => kinds.includes(row.kind))
  const policies = of('baseline', 'policy')
  // `model:X` is the policy that asks X for everything: one label for both is enough.
  const named = new Set(policies.map((row) => row.label.replace(/^model:/, '')))
  const hull = of('hullSingle')
    .filter((row) => !named.has(row.label))
    .sort((a, b) => b.quality - a.quality)
  return [...policies, ...of('oracle'), ...spread(hull, HULL_LABELS[width])]
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
  const name = shortName(row.label, LABEL_LENGTH[width])
  // An arrow: the point stands at the lower edge and belongs further down.
  return isBelow(row, scale) ? `${name} ↓ ${percent(row.quality)}` : name
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

function around({ x, y }: { x: number; y: number }, radius: number): Box {
  return { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius }
}

function withLeader(label: PlacedLabel, anchor: { x: number; y: number } | undefined): DataLabel {
  const { text, x, y, align, leader } = label
  return {
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
