import type { RunCharts } from '../../metrics/result.js'
import { count } from '../format.js'
import { framed, type Chart, type LegendEntry, type Width, type ChartSpec } from './chart.js'
import * as theme from './theme.js'
import { timeAxis, timeAxisSpec } from './time-axis.js'

type EndsRow = RunCharts['endsByTime'][number]

const LEGEND: readonly LegendEntry[] = [
  { label: 'served as planned', mark: 'bar', colour: theme.SERVED },
  { label: 'served, downgraded', mark: 'bar', colour: theme.DOWNGRADED },
  { label: 'refused', mark: 'bar', colour: theme.REJECTED },
  { label: 'deferred at least once', mark: 'dashed', colour: theme.DEFERRED },
]

const HOUR = 3_600_000
const HEIGHT = 180

/**
 * What happened to the requests that arrived in each bin of time. Downgraded requests are part of the served ones, so
 * the stack takes them apart; a deferred request ends in one of the others later, so it is a line over the stack.
 */
export function endsByTimeChart(rows: readonly EndsRow[]): Chart | null {
  if (rows.length === 0) return null
  return {
    finding: finding(rows),
    legend: hasDeferred(rows) ? LEGEND : LEGEND.slice(0, -1),
    widths: ['narrow', 'wide'],
    spec: (width) => spec(rows, width),
  }
}

function spec(rows: readonly EndsRow[], width: Width): ChartSpec {
  const step = binWidth(rows)
  const from = rows[0]?.at ?? 0
  const to = (rows.at(-1)?.at ?? 0) + step
  const top = Math.max(1, ...rows.map((row) => Math.max(row.served + row.rejected, row.deferred))) * 1.05
  const x = {
    type: 'quantitative',
    title: null,
    scale: { domain: [from, to], nice: false, zero: false },
    axis: timeAxisSpec(timeAxis(from, to, width === 'narrow' ? 4 : 8)),
  } as const
  const y = {
    type: 'quantitative',
    title: `Requests per ${binName(step)}`,
    scale: { domain: [0, top], nice: false },
    axis: { tickCount: 4, format: '~s', minExtent: 36, maxExtent: 36 },
  } as const
  return {
    ...framed(width, { height: HEIGHT, left: 60, bottom: 26 }),
    layer: [
      {
        data: { values: rows.flatMap((row) => pieces(row, step)) },
        mark: { type: 'rect', aria: true },
        encoding: {
          x: { field: 'at', ...x },
          x2: { field: 'end' },
          y: { field: 'low', ...y },
          y2: { field: 'high' },
          fill: { field: 'colour', type: 'nominal', scale: null },
          description: { field: 'title', type: 'nominal' },
        },
      },
      ...(hasDeferred(rows)
        ? [
            {
              data: { values: rows.map((row) => ({ at: row.at + step / 2, deferred: row.deferred })) },
              mark: { type: 'line', color: theme.DEFERRED, strokeDash: [4, 3], strokeWidth: 2 },
              encoding: { x: { field: 'at', ...x }, y: { field: 'deferred', ...y } },
            },
          ]
        : []),
    ],
    config: theme.CONFIG,
  }
}

function hasDeferred(rows: readonly EndsRow[]): boolean {
  return rows.some((row) => row.deferred > 0)
}

function pieces(row: EndsRow, step: number): object[] {
  const parts: [string, string, number][] = [
    ['served as planned', theme.SERVED, row.served - row.downgraded],
    ['downgraded', theme.DOWNGRADED, row.downgraded],
    ['refused', theme.REJECTED, row.rejected],
  ]
  let low = 0
  return parts.flatMap(([name, colour, requests]) => {
    if (!(requests > 0)) return []
    const piece = {
      at: row.at,
      end: row.at + step * 0.94,
      low,
      high: low + requests,
      colour,
      title: `${count(requests)} ${name}`,
    }
    low += requests
    return [piece]
  })
}

/** The smallest distance of two bins; bins without requests may be left out of the rows. */
function binWidth(rows: readonly EndsRow[]): number {
  const gaps = rows
    .slice(1)
    .map((row, i) => row.at - (rows[i]?.at ?? row.at))
    .filter((gap) => gap > 0)
  return gaps.length === 0 ? HOUR : Math.min(...gaps)
}

function binName(step: number): string {
  const hours = step / HOUR
  if (Math.abs(hours - 1) < 0.01) return 'hour'
  if (Math.abs(hours - 24) < 0.01) return 'day'
  return hours < 1.5 ? `${Math.round(hours * 60)} minutes` : `${Number(hours.toFixed(1))} hours`
}

function finding(rows: readonly EndsRow[]): string {
  const sum = (of: (row: EndsRow) => number): string => count(rows.reduce((total, row) => total + of(row), 0))
  const worst = [...rows].sort((a, b) => b.rejected - a.rejected)[0]
  const when =
    worst === undefined || worst.rejected === 0 ? '' : ` Most refusals in one bar: ${count(worst.rejected)}.`
  return `Requests through time: ${sum((row) => row.served)} served, of them ${sum((row) => row.downgraded)} downgraded; ${sum((row) => row.deferred)} deferred at least once; ${sum((row) => row.rejected)} refused.${when}`
}
