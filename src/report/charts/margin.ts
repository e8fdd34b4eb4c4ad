import type { MarginRow } from '../../metrics/margin-row.js'
import { count, money, percent, tidyMoney } from '../format.js'
import { framed, plotWidth, type Chart, type ChartSpec, type LegendEntry, type Width } from './chart.js'
import { costAxis, linearTicks, type CostAxis } from './cost-axis.js'
import type { DataLabel } from './frontier-labels.js'
import { labelLayers } from './frontier-layers.js'
import { along, placeLabels, squareAround } from './place-labels.js'
import * as theme from './theme.js'

/** What a reservation that is too large costs: money that lies unused, or requests that are refused or downgraded. */
export type MarginAgainst = 'stranded' | 'refused'

interface Dot {
  readonly kind: 'margin' | 'quantile' | 'worstCase'
  readonly label: string
  readonly over: number
  readonly price: number
  readonly title: string
}

/** Calls over their reservation against what the reservations keep out: down is safer, left is cheaper. */
export function marginChart(rows: readonly MarginRow[], against: MarginAgainst): Chart | null {
  const dots = rows.flatMap((row) => dotOf(row, against))
  if (dots.length === 0) return null
  return {
    finding: finding(dots),
    legend: LEGEND.filter(({ kind }) => dots.some((dot) => dot.kind === kind)).map(({ entry }) => entry),
    widths: ['narrow', 'wide'],
    spec: (width) => spec(dots, against, width),
  }
}

const LEGEND: readonly { readonly kind: Dot['kind']; readonly entry: LegendEntry }[] = [
  { kind: 'margin', entry: { label: 'mean plus a margin', mark: 'circle', colour: theme.POLICY } },
  { kind: 'quantile', entry: { label: 'quantile', mark: 'square', colour: theme.CONTROL } },
  { kind: 'worstCase', entry: { label: 'worst case', mark: 'diamond', colour: theme.BASELINE } },
]

function dotOf(row: MarginRow, against: MarginAgainst): Dot[] {
  const { overspendProbability: over, strandedUsd, refused, downgraded, quantile, margin, mode } = row
  const price =
    against === 'stranded'
      ? strandedUsd
      : refused === null || downgraded === null
        ? null
        : refused + downgraded
  if (over === null || price === null) return []
  const label = mode === 'worstCase' ? 'worst case' : quantile === null ? percent(margin, 0) : `q ${quantile}`
  const kind = mode === 'worstCase' ? 'worstCase' : quantile === null ? 'margin' : 'quantile'
  return [{ kind, label, over, price, title: `${label}: ${words(over, price, against)}` }]
}

function words(over: number, price: number, against: MarginAgainst): string {
  const kept =
    against === 'stranded' ? `${money(price)} stranded` : `${count(price)} requests refused or downgraded`
  return `${percent(over)} of the calls over their reservation, ${kept}`
}

function finding(dots: readonly Dot[]): string {
  return `${dots.map(({ title }) => title).join('; ')}.`
}

interface Plane {
  readonly against: MarginAgainst
  readonly price: CostAxis
  readonly top: number
  readonly width: Width
  readonly height: number
}

const LEFT = 60

function spec(dots: readonly Dot[], against: MarginAgainst, width: Width): ChartSpec {
  const plane: Plane = {
    against,
    price: costAxis([...dots.map(({ price }) => price), 0], width === 'narrow' ? 4 : 8),
    top: Math.max(0.01, ...dots.map(({ over }) => over)) * 1.1,
    width,
    height: width === 'narrow' ? 230 : 280,
  }
  const encoding = { x: xAxis(plane), y: yAxis(plane) }
  return {
    ...framed(width, { height: plane.height, left: LEFT, bottom: 42 }),
    layer: [
      ...SHAPES.map(({ kind }) => line(dots, kind, encoding)),
      ...SHAPES.map((look) => points(dots, look, encoding)),
      ...labelLayers(labels(dots, plane)),
    ],
    config: theme.CONFIG,
  }
}

type Encoding = Readonly<Record<'x' | 'y', ChartSpec>>

const SHAPES = [
  { kind: 'margin', shape: 'circle', colour: theme.POLICY },
  { kind: 'quantile', shape: 'square', colour: theme.CONTROL },
  { kind: 'worstCase', shape: 'diamond', colour: theme.BASELINE },
] as const

/** Rows stand in the order of ever larger reservations. */
function line(dots: readonly Dot[], kind: Dot['kind'], encoding: Encoding): ChartSpec {
  return {
    data: { values: dots.filter((dot) => dot.kind === kind).map((dot, order) => ({ ...dot, order })) },
    mark: { type: 'line', color: theme.SINGLE, strokeWidth: 1.25 },
    encoding: { ...encoding, order: { field: 'order' } },
  }
}

function points(
  dots: readonly Dot[],
  { kind, shape, colour }: (typeof SHAPES)[number],
  encoding: Encoding,
): ChartSpec {
  const mark = { type: 'point', shape, filled: true, opacity: 1, size: 80, color: colour }
  return {
    data: { values: dots.filter((dot) => dot.kind === kind) },
    mark: { ...mark, stroke: theme.SURFACE, strokeWidth: 1, aria: true },
    encoding: { ...encoding, description: { field: 'title', type: 'nominal' } },
  }
}

/** The two curves run close to each other: labels keep off the points, and one without room is left out. */
function labels(dots: readonly Dot[], plane: Plane): DataLabel[] {
  const { price, top, height } = plane
  const width = plotWidth(plane.width, LEFT)
  const [low, high] = overDomain(top)
  const anchors = dots.map((dot) => ({
    x: price.place(dot.price) * width,
    y: (1 - (dot.over - low) / (high - low)) * height,
    text: dot.label,
    optional: true,
  }))
  const lines = SHAPES.flatMap(({ kind }) => along(anchors.filter((_, i) => dots[i]?.kind === kind)))
  const obstacles = [
    ...anchors.map((spot) => squareAround(spot, 5)),
    ...lines.map((spot) => squareAround(spot, 2)),
  ]
  const placed = placeLabels(anchors, obstacles, { width, height, fontSize: theme.FONT_SIZE })
  return placed.flatMap((label) =>
    label === null ? [] : [{ ...label, fromX: null, fromY: null, toX: label.x, toY: label.y }],
  )
}

function xAxis({ against, price }: Plane): ChartSpec {
  const write = against === 'stranded' ? tidyMoney : count
  const ticks = price.ticks.map((tick) => `'${write(tick)}'`).join(',')
  return {
    field: 'price',
    type: 'quantitative',
    title: against === 'stranded' ? 'Stranded budget' : 'Requests refused or downgraded',
    scale: {
      type: price.type,
      domain: price.domain,
      nice: false,
      zero: false,
      ...(price.type === 'symlog' ? { constant: price.constant } : {}),
    },
    axis: {
      values: price.ticks,
      labelExpr: `[${ticks}][round(datum.index * ${Math.max(0, price.ticks.length - 1)})]`,
    },
  }
}

function yAxis({ top }: Plane): ChartSpec {
  return {
    field: 'over',
    type: 'quantitative',
    title: 'Calls over their reservation',
    scale: { domain: overDomain(top), nice: false, zero: false },
    axis: { values: linearTicks(0, top, 5), format: '~%', minExtent: 36, maxExtent: 36 },
  }
}

/** Room below 0 for dots that stand on it. */
function overDomain(top: number): readonly [number, number] {
  return [-top / 12, top]
}
