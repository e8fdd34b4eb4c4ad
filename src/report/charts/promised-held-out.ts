import type { TuneEstimate, Tuning } from '../../metrics/result.js'
import { money, percent } from '../format.js'
import { framed, type Chart, type LegendEntry, type Width, type ChartSpec } from './chart.js'
import { costAxis, linearTicks, tickLabel } from './cost-axis.js'
import * as theme from './theme.js'

interface Estimate {
  readonly name: string
  readonly colour: string
  readonly shape: string
  readonly costUsd: number
  readonly quality: number
  readonly of: TuneEstimate
}

/** What the search promised beside what unseen requests gave, with the frontier of all candidates behind them. */
export function promisedHeldOutChart(tuning: Tuning): Chart | null {
  const estimates = [
    ...estimate('promised (chosen on)', tuning.promised, theme.CONTROL, 'square'),
    ...estimate('held out (unseen)', tuning.heldOut, theme.POLICY, 'circle'),
  ]
  if (estimates.length === 0) return null
  return {
    finding: finding(tuning),
    legend: legend(tuning, estimates),
    widths: ['narrow', 'wide'],
    spec: (width) => spec(tuning, estimates, width),
  }
}

function estimate(name: string, of: TuneEstimate, colour: string, shape: string): Estimate[] {
  if (of.costUsd === null || of.quality === null) return []
  return [{ name, colour, shape, costUsd: of.costUsd, quality: of.quality, of }]
}

function spec(tuning: Tuning, estimates: readonly Estimate[], width: Width): ChartSpec {
  const all = [...tuning.frontier, ...estimates]
  const axis = costAxis(
    [...all.map((point) => point.costUsd), ...estimates.flatMap((e) => e.of.costInterval ?? [])],
    width === 'narrow' ? 4 : 8,
  )
  const qualities = [
    ...all.map((point) => point.quality),
    ...estimates.flatMap((e) => e.of.qualityInterval ?? []),
  ]
  const margin = Math.max(0.005, (Math.max(...qualities) - Math.min(...qualities)) * 0.1)
  const domain = [Math.max(0, Math.min(...qualities) - margin), Math.min(1, Math.max(...qualities) + margin)]
  const ticks = axis.ticks.map((tick) => `'${tickLabel(tick)}'`).join(',')
  const x = {
    field: 'costUsd',
    type: 'quantitative',
    title: 'Mean cost per 1,000 requests',
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
  const y = {
    field: 'quality',
    type: 'quantitative',
    title: 'Mean quality',
    scale: { domain, nice: false, zero: false },
    axis: {
      values: linearTicks(domain[0] ?? 0, domain[1] ?? 1, 5),
      format: '~%',
      minExtent: 40,
      maxExtent: 40,
    },
  }
  const bars = estimates.flatMap((e) => [
    ...(e.of.costInterval === null
      ? []
      : [{ costUsd: e.of.costInterval[0], quality: e.quality, x2: e.of.costInterval[1], y2: e.quality }]),
    ...(e.of.qualityInterval === null
      ? []
      : [
          {
            costUsd: e.costUsd,
            quality: e.of.qualityInterval[0],
            x2: e.costUsd,
            y2: e.of.qualityInterval[1],
          },
        ]),
  ])
  return {
    ...framed(width, { height: width === 'narrow' ? 220 : 260, left: 64, bottom: 42 }),
    layer: [
      {
        data: { values: tuning.frontier },
        mark: {
          type: 'line',
          color: theme.SINGLE,
          strokeWidth: 1.25,
          point: { color: theme.SINGLE, size: 18 },
        },
        encoding: { x, y },
      },
      {
        data: { values: bars },
        mark: { type: 'rule', color: theme.INK, strokeWidth: 1.5 },
        encoding: { x, y, x2: { field: 'x2' }, y2: { field: 'y2' } },
      },
      ...estimates.map((e) => ({
        data: {
          values: [
            {
              costUsd: e.costUsd,
              quality: e.quality,
              title: `${e.name}: ${percent(e.quality)} at ${money(e.costUsd * 1000)}`,
            },
          ],
        },
        mark: {
          type: 'point',
          shape: e.shape,
          filled: true,
          opacity: 1,
          size: 100,
          color: e.colour,
          stroke: theme.SURFACE,
          strokeWidth: 1,
          aria: true,
        },
        encoding: { x, y, description: { field: 'title', type: 'nominal' } },
      })),
    ],
    config: theme.CONFIG,
  }
}

function legend(tuning: Tuning, estimates: readonly Estimate[]): LegendEntry[] {
  const own = estimates.map((e): LegendEntry => ({
    label: e.name,
    mark: e.shape === 'circle' ? 'circle' : 'square',
    colour: e.colour,
  }))
  if (tuning.frontier.length === 0) return own
  return [...own, { label: 'best candidates on the validation part', mark: 'line', colour: theme.SINGLE }]
}

function finding({ promised, heldOut }: Tuning): string {
  const words = (of: TuneEstimate): string =>
    `${percent(of.quality)} quality at ${money(of.costUsd === null ? null : of.costUsd * 1000)} per 1,000 requests`
  return `The search promised ${words(promised)}; requests it had never seen gave ${words(heldOut)}.`
}
