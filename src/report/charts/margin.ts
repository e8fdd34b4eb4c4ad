import type { MarginRow } from '../../metrics/margin-row.js'
import { count, money, percent, tidyMoney } from '../format.js'
import { framed, type Chart, type ChartSpec, type LegendEntry, type Width } from './chart.js'
import { costAxis, linearTicks } from './cost-axis.js'
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

function spec(dots: readonly Dot[], against: MarginAgainst, width: Width): ChartSpec {
  const encoding = { x: xAxis(dots, against, width), y: yAxis(dots) }
  return {
    ...framed(width, { height: width === 'narrow' ? 230 : 280, left: 60, bottom: 42 }),
    layer: [
      ...(['margin', 'quantile'] as const).map((kind) => line(dots, kind, encoding)),
      ...SHAPES.map((look) => points(dots, look, encoding)),
      ...LABELS.map(({ kind, dx, dy, align }) => ({
        data: { values: dots.filter((dot) => dot.kind === kind) },
        mark: { type: 'text', align, dx, dy, color: theme.INK },
        encoding: { ...encoding, text: { field: 'label', type: 'nominal' } },
      })),
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

/** The two curves run close to each other: each has its labels on its own side. */
const LABELS = [
  { kind: 'margin', dx: 8, dy: -6, align: 'left' },
  { kind: 'quantile', dx: -8, dy: 7, align: 'right' },
  { kind: 'worstCase', dx: -8, dy: -10, align: 'right' },
] as const

/** In the order of the rows, which is that of ever larger reservations. */
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
  return {
    data: { values: dots.filter((dot) => dot.kind === kind) },
    mark: {
      type: 'point',
      shape,
      filled: true,
      opacity: 1,
      size: 80,
      color: colour,
      stroke: theme.SURFACE,
      strokeWidth: 1,
      aria: true,
    },
    encoding: { ...encoding, description: { field: 'title', type: 'nominal' } },
  }
}

function xAxis(dots: readonly Dot[], against: MarginAgainst, width: Width): ChartSpec {
  const prices = dots.map(({ price }) => price)
  const maxTicks = width === 'narrow' ? 4 : 8
  const axis = costAxis([...prices, 0], maxTicks)
  const label = against === 'stranded' ? tidyMoney : count
  const ticks = axis.ticks.map((tick) => `'${label(tick)}'`).join(',')
  return {
    field: 'price',
    type: 'quantitative',
    title: against === 'stranded' ? 'Stranded budget' : 'Requests refused or downgraded',
    scale: {
      type: axis.type,
      domain: axis.domain,
      nice: false,
      zero: false,
      ...(axis.type === 'symlog' ? { constant: axis.constant } : {}),
    },
    axis: {
      values: axis.ticks,
      labelExpr: `[${ticks}][round(datum.index * ${Math.max(0, axis.ticks.length - 1)})]`,
    },
  }
}

function yAxis(dots: readonly Dot[]): ChartSpec {
  const top = Math.max(0.01, ...dots.map(({ over }) => over)) * 1.1
  return {
    field: 'over',
    type: 'quantitative',
    title: 'Calls over their reservation',
    scale: { domain: [-top / 12, top], nice: false, zero: false },
    axis: { values: linearTicks(0, top, 5), format: '~%', minExtent: 36, maxExtent: 36 },
  }
}
