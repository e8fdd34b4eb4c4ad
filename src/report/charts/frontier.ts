import type { Comparison } from '../../metrics/result.js'
import { listed, plainName, plural } from '../format.js'
import { framed, plotWidth, type Chart, type ChartSpec, type LegendEntry, type Width } from './chart.js'
import { directLabels } from './frontier-labels.js'
import * as layer from './frontier-layers.js'
import { frontierRows, type FrontierKind, type FrontierRows } from './frontier-rows.js'
import { frontierScale, type FrontierScale } from './frontier-scale.js'
import * as theme from './theme.js'

const HEIGHT: Readonly<Record<Width, number>> = { narrow: 340, wide: 440 }
/** Room for the quality axis. */
const LEFT = 64

/** Cost against quality: policies with intervals, single models, their hull, what chance reaches, the oracle. */
export function frontierChart(comparison: Comparison): Chart | null {
  const data = frontierRows(comparison)
  if (data.rows.length === 0) return null
  return {
    finding: finding(data),
    legend: legend(data),
    widths: ['narrow', 'wide'],
    spec: (width) => frontierSpec(data, width),
  }
}

/** Later ones lie on top. */
const DRAWN_ORDER: readonly FrontierKind[] = [
  'single',
  'hullSingle',
  'control',
  'oracle',
  'policy',
  'baseline',
]

/** `curves` lie above the hull and below the points. */
export function frontierSpec(
  data: FrontierRows,
  width: Width,
  curves: (scale: FrontierScale) => readonly ChartSpec[] = () => [],
): ChartSpec {
  const scale = frontierScale(data, width === 'narrow' ? 4 : 9)
  const line = layer.hullLine(data.hull)
  const plot = { width: plotWidth(width, LEFT), height: HEIGHT[width], fontSize: theme.FONT_SIZE }
  const labels = directLabels(data, line, { scale, plot, width })
  return {
    ...framed(width, { height: plot.height, left: LEFT, bottom: 44 }),
    layer: [
      layer.hullLayer(line, scale),
      ...curves(scale),
      layer.mixLayer(data.randomMix, scale),
      layer.intervalLayer(data.rows, scale, 'cost'),
      layer.intervalLayer(data.rows, scale, 'quality'),
      layer.leaderLayer(labels),
      ...DRAWN_ORDER.map((kind) => layer.pointLayer(kind, data.rows, scale)),
      ...layer.labelLayers(labels),
    ],
    config: theme.CONFIG,
  }
}

function finding({ rows, missing }: FrontierRows): string {
  const shown = rows.filter((row) => row.kind === 'policy' || row.kind === 'baseline')
  const singles = rows.filter((row) => row.kind === 'single' || row.kind === 'hullSingle').length
  const parts = shown.map((row) => row.title)
  const absent =
    missing.length === 0
      ? ''
      : ` Not shown, since cost or quality is unknown or nothing was served: ${listed(missing.map(plainName))}.`
  return `Cost against quality. ${parts.join('; ')}. Beside them ${plural(singles, 'single model')}.${absent}`
}

function legend({ rows }: FrontierRows): LegendEntry[] {
  const has = (...kinds: FrontierKind[]): boolean => rows.some((row) => kinds.includes(row.kind))
  const all: (LegendEntry & { readonly when: boolean })[] = [
    { label: 'policy, with 95 % intervals', mark: 'circle', colour: theme.POLICY, when: has('policy') },
    { label: 'baseline', mark: 'square', colour: theme.BASELINE, when: has('baseline') },
    { label: 'single model', mark: 'diamond', colour: theme.SINGLE, when: has('single', 'hullSingle') },
    {
      label: 'hull: fixed mixes of single models, what a random mix reaches',
      mark: 'line',
      colour: theme.SINGLE,
      when: has('hullSingle'),
    },
    {
      label: 'control: a policy’s models handed out by lot',
      mark: 'cross',
      colour: theme.CONTROL,
      when: has('control'),
    },
    {
      label: 'oracle: knows every outcome beforehand',
      mark: 'triangle',
      colour: theme.ORACLE,
      when: has('oracle'),
    },
  ]
  return all.filter((entry) => entry.when).map(({ label, mark, colour }) => ({ label, mark, colour }))
}
