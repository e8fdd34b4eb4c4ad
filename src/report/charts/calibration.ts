import type { ReliabilityBin } from '../../metrics/reliability.js'
import { count, percent } from '../format.js'
import { framed, type Chart, type ChartSpec, type LegendEntry } from './chart.js'
import * as theme from './theme.js'

const LEGEND: readonly LegendEntry[] = [
  { label: 'requests that look about as hard', mark: 'circle', colour: theme.POLICY },
  { label: 'as hard as they look', mark: 'dashed', colour: theme.MUTED },
]

/** How hard requests looked against how hard they were: on the line where a classifier's difficulties can be taken at their word. */
export function calibrationChart(bins: readonly ReliabilityBin[]): Chart | null {
  if (bins.length < 2) return null
  return { finding: finding(bins), legend: LEGEND, widths: ['narrow'], spec: () => spec(bins) }
}

function spec(bins: readonly ReliabilityBin[]): ChartSpec {
  const x = axisOf('predicted', 'Difficulty, as the classifier says')
  const y = axisOf('observed', 'Difficulty, as it was')
  const values = bins.map((bin) => ({
    ...bin,
    title: `Says ${bin.predicted.toFixed(2)}, was ${bin.observed.toFixed(2)} (${count(bin.requests)} requests)`,
  }))
  const diagonal = [
    { predicted: 0, observed: 0 },
    { predicted: 1, observed: 1 },
  ]
  return {
    ...framed('narrow', { height: 220, left: 60, bottom: 44 }),
    layer: [
      {
        data: { values: diagonal },
        mark: { type: 'line', color: theme.MUTED, strokeDash: [5, 4], strokeWidth: 1.5 },
        encoding: { x, y },
      },
      {
        data: { values },
        mark: { type: 'line', color: theme.POLICY, strokeWidth: 1.5 },
        encoding: { x, y },
      },
      {
        data: { values },
        mark: { type: 'point', filled: true, size: 60, opacity: 1, color: theme.POLICY, aria: true },
        encoding: { x, y, description: { field: 'title', type: 'nominal' } },
      },
    ],
    config: theme.CONFIG,
  }
}

/** The title keeps its place, whatever the labels measure. */
const Y_EXTENT = { minExtent: 36, maxExtent: 36 }

function axisOf(field: string, title: string): ChartSpec {
  return {
    field,
    type: 'quantitative',
    title,
    scale: { domain: [0, 1], nice: false },
    axis: {
      values: [0, 0.25, 0.5, 0.75, 1],
      format: '.2~f',
      grid: false,
      ...(field === 'observed' ? Y_EXTENT : {}),
    },
  }
}

function finding(bins: readonly ReliabilityBin[]): string {
  const requests = bins.reduce((sum, bin) => sum + bin.requests, 0)
  const low = bins.filter(({ predicted, observed }) => observed > predicted)
  const harder = low.reduce((sum, bin) => sum + bin.requests, 0) / requests
  const [first, last] = [bins[0], bins.at(-1)]
  return `Difficulty as the classifier says against difficulty as it was. Easiest tenth: says ${first?.predicted.toFixed(2)}, was ${first?.observed.toFixed(2)}; hardest: says ${last?.predicted.toFixed(2)}, was ${last?.observed.toFixed(2)}. ${percent(harder)} of the requests lie where it says too little.`
}
