import type { RunCharts } from '../../metrics/result.js'
import { money, percent, plainName, tidyMoney } from '../format.js'
import { framed, type Chart, type ChartSpec } from './chart.js'
import { linearTicks } from './cost-axis.js'
import * as theme from './theme.js'
import { timeAxis, timeAxisSpec } from './time-axis.js'

export type PoolRow = RunCharts['poolSpend'][number]

/** What one pool held against its cap through time. Steps: money is spent at a moment, not along a slope. */
export function poolSpendChart(pool: PoolRow): Chart | null {
  if (pool.points.length === 0) return null
  return { finding: poolFinding(pool), legend: [], widths: ['narrow'], spec: () => spec(pool) }
}

/** Largest share of the cap that was ever used, in words. */
export function poolFinding(pool: PoolRow): string {
  const peak = Math.max(0, ...pool.points.map((point) => point.usedUsd))
  const share = pool.capUsd > 0 ? `, ${percent(peak / pool.capUsd)} of it` : ''
  const verdict = peak > pool.capUsd ? ' The cap was passed.' : ''
  return `${plainName(pool.budgetId)}, ${plainName(pool.label)}: cap ${money(pool.capUsd)}, at most ${money(peak)} used${share}.${verdict}`
}

function spec(pool: PoolRow): ChartSpec {
  const times = pool.points.map((point) => point.at)
  const from = Math.min(...times)
  const to = Math.max(...times, from + 1)
  const top = Math.max(pool.capUsd, ...pool.points.map((point) => point.usedUsd), 1e-9) * 1.18
  const ticks = linearTicks(0, top, 3)
  const x = {
    type: 'quantitative',
    title: null,
    scale: { domain: [from, to], nice: false, zero: false },
    axis: timeAxisSpec(timeAxis(from, to, 4)),
  } as const
  const y = {
    type: 'quantitative',
    title: null,
    scale: { domain: [0, top], nice: false },
    axis: {
      values: ticks,
      grid: false,
      labelExpr: `[${ticks.map((tick) => `'${tidyMoney(tick)}'`).join(',')}][round(datum.index * ${Math.max(0, ticks.length - 1)})]`,
    },
  } as const
  return {
    ...framed('narrow', { height: 120, left: 58, bottom: 26 }),
    layer: [
      {
        data: { values: pool.points },
        mark: { type: 'area', interpolate: 'step-after', color: theme.POLICY, opacity: 0.35, line: false },
        encoding: { x: { field: 'at', ...x }, y: { field: 'usedUsd', ...y } },
      },
      {
        data: { values: pool.points },
        mark: { type: 'line', interpolate: 'step-after', color: theme.POLICY, strokeWidth: 1.5 },
        encoding: { x: { field: 'at', ...x }, y: { field: 'usedUsd', ...y } },
      },
      {
        data: { values: [{ cap: pool.capUsd }] },
        mark: { type: 'rule', color: theme.CAP, strokeDash: [5, 3], strokeWidth: 1.5 },
        encoding: { y: { field: 'cap', ...y } },
      },
      {
        data: { values: [{ cap: pool.capUsd, text: `cap ${tidyMoney(pool.capUsd)}` }] },
        mark: { type: 'text', align: 'left', baseline: 'bottom', x: 2, dy: -3, color: theme.INK },
        encoding: { y: { field: 'cap', ...y }, text: { field: 'text', type: 'nominal' } },
      },
    ],
    config: theme.CONFIG,
  }
}
