import type { Comparison } from '../../metrics/result.js'
import { listed, plainName, plural } from '../format.js'
import {
  framed,
  plotWidth,
  type Chart,
  type ChartSpec,
  type KeyEntry,
  type LegendEntry,
  type Width,
} from './chart.js'
import { directLabels, type DirectLabels, type Spot } from './frontier-labels.js'
import * as layer from './frontier-layers.js'
import { hullLine } from './hull-line.js'
import { frontierRows, isSingle, TOGGLED, type FrontierKind, type FrontierRows } from './frontier-rows.js'
import { frontierScale, type FrontierScale } from './frontier-scale.js'
import { filteredViews } from './frontier-views.js'
import * as theme from './theme.js'

const HEIGHT: Readonly<Record<Width, number>> = { narrow: 340, wide: 440 }
/** So many models need more room, and a phone has it below. */
const CROWD_FROM = 16
const CROWDED_NARROW = 440
/** Room for the quality axis. */
const LEFT = 64

/** Cost against quality: policies with intervals, single models, their hull, what chance reaches, the oracle. */
export function frontierChart(comparison: Comparison): Chart | null {
  const data = frontierRows(comparison)
  if (data.rows.length === 0) return null
  return {
    finding: finding(data),
    legend: legend(data),
    key: (width) => modelKey(data, width),
    widths: ['narrow', 'wide'],
    spec: (width) => frontierSpec(data, width),
    filtered: filteredViews(data).map(({ without, left }) => ({
      without,
      key: (width) => modelKey(left, width),
      spec: (width) => frontierSpec(left, width),
    })),
  }
}

/** Later ones lie on top. */
const DRAWN_ORDER: readonly FrontierKind[] = [
  'single',
  'partialSingle',
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
  const { scale, line, labels } = laidOut(data, width)
  return {
    ...framed(width, { height: heightOf(data, width), left: LEFT, bottom: 44 }),
    layer: [
      layer.hullLayer(line, scale),
      ...curves(scale),
      layer.mixLayer(data.randomMix, scale),
      layer.intervalLayer(data.rows, scale, 'cost'),
      layer.intervalLayer(data.rows, scale, 'quality'),
      ...layer.leaderLayers(labels),
      ...DRAWN_ORDER.map((kind) => layer.pointLayer(kind, data.rows, scale)),
      ...layer.labelLayers(labels),
    ],
    config: theme.CONFIG,
  }
}

/** Names of the models that have their number beside them at this width, and of those that a crowd leaves no room for it. */
export function modelKey(data: FrontierRows, width: Width): KeyEntry[] {
  const { labels, crowded } = laidOut(data, width)
  const drawn = new Set(labels.flatMap(({ isNumber, text }) => (isNumber === true ? [text] : [])))
  const besides = new Map(crowded.map(({ row, beside }) => [row, beside]))
  return data.rows.flatMap((row) => {
    const { number, label, kind } = row
    const beside = besides.get(row) ?? undefined
    if (number === null || (beside === undefined && !drawn.has(String(number)))) return []
    return [
      {
        number,
        name: label,
        ...(beside === undefined ? {} : { beside }),
        ...(TOGGLED[kind] === undefined ? {} : { layer: TOGGLED[kind] }),
      },
    ]
  })
}

interface Layout extends DirectLabels {
  readonly scale: FrontierScale
  readonly line: readonly Spot[]
}

function laidOut(data: FrontierRows, width: Width): Layout {
  const scale = frontierScale(data, width === 'narrow' ? 4 : 9)
  const line = hullLine(data.hull)
  const plot = { width: plotWidth(width, LEFT), height: heightOf(data, width), fontSize: theme.FONT_SIZE }
  return { scale, line, ...directLabels(data, line, { scale, plot, width }) }
}

function heightOf({ rows }: FrontierRows, width: Width): number {
  const isCrowd = rows.filter(isSingle).length >= CROWD_FROM
  return isCrowd && width === 'narrow' ? CROWDED_NARROW : HEIGHT[width]
}

function finding({ rows, missing }: FrontierRows): string {
  const shown = rows.filter((row) => row.kind === 'policy' || row.kind === 'baseline')
  const singles = rows.filter(isSingle).length
  const parts = shown.map((row) => row.title)
  const absent =
    missing.length === 0
      ? ''
      : ` Not shown, since cost or quality is unknown or nothing was served: ${listed(missing.map(plainName))}.`
  const beside = singles === 0 ? '' : ` Beside them ${plural(singles, 'single model')}.`
  return `Cost against quality. ${parts.join('; ')}.${beside}${absent}`
}

export const PARTIAL: LegendEntry = {
  label: 'single model known on a part of the requests: not comparable',
  mark: 'arrow',
  colour: theme.SINGLE,
  layer: 'partial',
}

function legend({ rows }: FrontierRows): LegendEntry[] {
  const has = (...kinds: FrontierKind[]): boolean => rows.some((row) => kinds.includes(row.kind))
  const all: (LegendEntry & { readonly when: boolean })[] = [
    { label: 'policy, with 95 % intervals', mark: 'circle', colour: theme.POLICY, when: has('policy') },
    { label: 'baseline', mark: 'square', colour: theme.BASELINE, when: has('baseline') },
    { label: 'single model on the hull', mark: 'diamond', colour: theme.SINGLE, when: has('hullSingle') },
    {
      label: 'single model below it',
      mark: 'openDiamond',
      colour: theme.SINGLE,
      layer: 'single',
      when: has('single'),
    },
    { ...PARTIAL, when: has('partialSingle') },
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
      layer: 'control',
      when: has('control'),
    },
    {
      label: 'oracle: knows every outcome beforehand',
      mark: 'triangle',
      colour: theme.ORACLE,
      layer: 'oracle',
      when: has('oracle'),
    },
  ]
  return all.filter(({ when }) => when).map(({ when: _when, ...entry }) => entry)
}
