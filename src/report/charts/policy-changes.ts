import type { PolicyChange } from '../../metrics/run-changes.js'
import type { Interval } from '../../metrics/result.js'
import { percent, plainName, points, shortName } from '../format.js'
import { framed, type Chart, type ChartSpec, type LegendEntry, type Width } from './chart.js'
import { linearTicks } from './cost-axis.js'
import * as theme from './theme.js'

/** Cost as a share of what the first run cost, quality in points. */
export type ChangeOf = 'cost' | 'quality'

interface Row {
  readonly name: string
  readonly at: number
  readonly change: number
  readonly ci: Interval | null
  readonly title: string
}

const ROW_HEIGHT = 38
const LEFT = 16

/** How far each policy moved between two runs, with its interval: one that crosses the line at 0 shows no difference. */
export function policyChangesChart(policies: readonly PolicyChange[], of: ChangeOf): Chart | null {
  const rows = policies.flatMap((policy) => rowOf(policy, of)).map((row, at) => ({ ...row, at }))
  if (rows.length === 0) return null
  return {
    finding: `Change in ${of}, second run minus first. ${rows.map(({ title }) => title).join('; ')}.`,
    legend: LEGEND,
    widths: ['narrow', 'wide'],
    spec: (width) => spec(rows, of, width),
  }
}

const LEGEND: readonly LegendEntry[] = [
  { label: 'change, with its 95 % interval', mark: 'circle', colour: theme.POLICY },
  { label: 'no change', mark: 'dashed', colour: theme.MUTED },
]

function rowOf({ policyId, renamedTo, costShare, quality }: PolicyChange, of: ChangeOf): Row[] {
  const { change, ci } = of === 'cost' ? costShare : quality
  if (change === null) return []
  const write = (value: number): string => (of === 'cost' ? percent(value) : points(value))
  const interval = ci === null ? '' : ` (${write(ci[0])} to ${write(ci[1])})`
  const name = renamedTo === null ? policyId : `${policyId} → ${renamedTo}`
  return [{ name, at: 0, change, ci, title: `${plainName(name)}: ${write(change)}${interval}` }]
}

function spec(rows: readonly Row[], of: ChangeOf, width: Width): ChartSpec {
  const ends = [0, ...rows.flatMap(({ change, ci }) => [change, ...(ci ?? [])])]
  const margin = Math.max(0.005, (Math.max(...ends) - Math.min(...ends)) * 0.08)
  const domain = [Math.min(...ends) - margin, Math.max(...ends) + margin] as const
  const ticks = linearTicks(domain[0], domain[1], width === 'narrow' ? 4 : 9)
  const x = {
    type: 'quantitative',
    title: of === 'cost' ? 'Change in cost, share of the first run’s' : 'Change in quality, points',
    scale: { domain, nice: false, zero: false },
    axis: { values: ticks, labelExpr: labels(ticks, of) },
  } as const
  const y = {
    type: 'quantitative',
    scale: { domain: [rows.length, 0], nice: false },
    axis: null,
  } as const
  const dots = rows.map((row) => ({ ...row, line: row.at + 0.72 }))
  return {
    ...framed(width, { height: rows.length * ROW_HEIGHT, left: LEFT, bottom: 42 }),
    layer: [
      {
        data: { values: [{ zero: 0 }] },
        mark: { type: 'rule', color: theme.MUTED, strokeDash: [5, 3], strokeWidth: 1.25 },
        encoding: { x: { field: 'zero', ...x } },
      },
      {
        data: {
          values: dots.flatMap(({ ci, line }) => (ci === null ? [] : [{ low: ci[0], high: ci[1], line }])),
        },
        mark: { type: 'rule', color: theme.INK, strokeWidth: 1.5 },
        encoding: { x: { field: 'low', ...x }, x2: { field: 'high' }, y: { field: 'line', ...y } },
      },
      {
        data: { values: dots },
        mark: {
          type: 'point',
          filled: true,
          opacity: 1,
          size: 80,
          color: theme.POLICY,
          stroke: theme.SURFACE,
          strokeWidth: 1,
          aria: true,
        },
        encoding: {
          x: { field: 'change', ...x },
          y: { field: 'line', ...y },
          description: { field: 'title', type: 'nominal' },
        },
      },
      {
        data: {
          values: rows.map(({ name, at }) => ({
            text: shortName(name, width === 'narrow' ? 38 : 80),
            line: at + 0.3,
          })),
        },
        mark: { type: 'text', align: 'left', baseline: 'middle', x: 0, limit: 0 },
        encoding: { y: { field: 'line', ...y }, text: { field: 'text', type: 'nominal' } },
      },
    ],
    config: theme.CONFIG,
  }
}

/** `+` and `−` on the axis: it is of differences. */
function labels(ticks: readonly number[], of: ChangeOf): string {
  const texts = ticks.map((tick) => {
    const size = Number((Math.abs(tick) * 100).toPrecision(6))
    return `'${tick === 0 ? '' : tick < 0 ? '−' : '+'}${size}${of === 'cost' ? ' %' : ''}'`
  })
  return `[${texts.join(',')}][round(datum.index * ${Math.max(0, ticks.length - 1)})]`
}
