/** The layers of the frontier chart, one function each. */

import type { Point } from '../../metrics/result.js'
import { plainName } from '../format.js'
import { tickLabel } from './cost-axis.js'
import type { DataLabel, Spot } from './frontier-labels.js'
import { TOGGLED, type FrontierKind, type FrontierRow } from './frontier-rows.js'
import { isBelow, type FrontierScale } from './frontier-scale.js'
import { NUMBER_SIZE } from './place-numbers.js'
import * as theme from './theme.js'

const COLOURS: Readonly<Record<FrontierKind, string>> = {
  policy: theme.POLICY,
  baseline: theme.BASELINE,
  hullSingle: theme.SINGLE,
  single: theme.SINGLE,
  partialSingle: theme.SINGLE,
  oracle: theme.ORACLE,
  control: theme.CONTROL,
}

type Layer = Readonly<Record<string, unknown>>

const plain = { scale: null, axis: null } as const

function xScale({ cost }: FrontierScale): Layer {
  return {
    title: 'Mean cost per 1,000 requests',
    axis: {
      values: cost.ticks,
      labelExpr: labelExpr(cost.ticks, tickLabel),
      grid: true,
    },
    scale: {
      type: cost.type,
      domain: cost.domain,
      nice: false,
      zero: false,
      ...(cost.type === 'symlog' ? { constant: cost.constant } : {}),
    },
  }
}

function yScale({ quality, qualityTicks, qualityTitle }: FrontierScale): Layer {
  return {
    title: qualityTitle,
    axis: { values: qualityTicks, format: '~%', minExtent: 40, maxExtent: 40 },
    scale: { type: 'linear', domain: quality, nice: false, zero: false },
  }
}

/** Labels made here, not by a number format: the axis must say `$0.05`, not `$0.049999`. */
function labelExpr(ticks: readonly number[], text: (tick: number) => string): string {
  const texts = ticks.map((tick) => `'${text(tick)}'`)
  return `[${texts.join(',')}][round(datum.index * ${Math.max(0, ticks.length - 1)})]`
}

/** A mix of two models is straight in cost; on a logarithmic axis that is a curve, so the line is sampled. */
export function hullLayer(line: readonly Spot[], scale: FrontierScale): Layer {
  const values = line.filter((point) => point.quality >= scale.quality[0])
  return {
    data: { values },
    mark: { type: 'line', color: theme.SINGLE, strokeWidth: 1.5, interpolate: 'linear' },
    encoding: xy(scale),
  }
}

/** What a classifier reaches, setting by setting; dashes tell classifiers apart. */
export function curveLayer(line: readonly Spot[], dash: readonly number[], scale: FrontierScale): Layer {
  return {
    data: { values: line.filter((point) => point.quality >= scale.quality[0]) },
    mark: { type: 'line', color: theme.POLICY, strokeWidth: 1.5, strokeDash: dash },
    encoding: xy(scale),
  }
}

export function mixLayer(mix: readonly Point[], scale: FrontierScale): Layer {
  const values = mix
    .filter((point) => point.quality >= scale.quality[0])
    .map(({ costUsd, quality, label }) => ({ costUsd, quality, title: `Fixed mix: ${plainName(label)}` }))
  return {
    data: { values },
    mark: {
      type: 'point',
      shape: 'circle',
      filled: true,
      size: 12,
      color: theme.SINGLE,
      opacity: 1,
      aria: true,
    },
    encoding: { ...xy(scale), description: { field: 'title', type: 'nominal' } },
  }
}

function xy(scale: FrontierScale): Layer {
  return {
    x: { field: 'costUsd', type: 'quantitative', ...xScale(scale) },
    y: { field: 'quality', type: 'quantitative', ...yScale(scale) },
  }
}

export function intervalLayer(
  rows: readonly FrontierRow[],
  scale: FrontierScale,
  of: 'cost' | 'quality',
): Layer {
  const values = rows
    .filter((row) => (row.kind === 'policy' || row.kind === 'baseline') && !isBelow(row, scale))
    .flatMap(({ costUsd, quality, costCi, qualityCi }) => {
      const interval = of === 'cost' ? costCi : qualityCi
      if (interval === null) return []
      const [low, high] = interval
      return of === 'cost'
        ? [{ costUsd: low, end: high, quality }]
        : [{ costUsd, quality: Math.max(low, scale.quality[0]), end: high }]
    })
  const end = of === 'cost' ? { x2: { field: 'end' } } : { y2: { field: 'end' } }
  return {
    data: { values },
    mark: { type: 'rule', color: theme.INK, strokeWidth: 1.5 },
    encoding: { ...xy(scale), ...end },
  }
}

const SIZES: Partial<Readonly<Record<FrontierKind, number>>> = {
  single: 30,
  partialSingle: 34,
  hullSingle: 55,
}

export function pointLayer(kind: FrontierKind, rows: readonly FrontierRow[], scale: FrontierScale): Layer {
  const values = rows
    .filter((row) => row.kind === kind)
    .map((row) => ({ ...row, quality: Math.max(row.quality, scale.quality[0]), below: isBelow(row, scale) }))
  const hollow = kind === 'single' || kind === 'partialSingle' || kind === 'control'
  const name = TOGGLED[kind]
  return {
    ...(name === undefined ? {} : { name }),
    data: { values },
    mark: {
      type: 'point',
      filled: !hollow,
      opacity: 1,
      size: SIZES[kind] ?? 85,
      color: COLOURS[kind],
      strokeWidth: hollow ? 1.5 : 1,
      ...(hollow ? {} : { stroke: theme.SURFACE }),
      aria: true,
    },
    encoding: {
      ...xy(scale),
      shape: {
        condition: { test: 'datum.below', value: 'triangle-down' },
        value: theme.SHAPES[kind],
      },
      description: { field: 'title', type: 'nominal' },
    },
  }
}

/** A line goes with its label where the reader may switch that off. */
export function leaderLayers(labels: readonly DataLabel[]): Layer[] {
  const drawn = labels.filter((label) => label.fromX !== null)
  return [...new Set(drawn.map(({ layer }) => layer))].map((layer) => ({
    name: `${layer ?? 'hull'}_leaders`,
    data: { values: drawn.filter((label) => label.layer === layer) },
    mark: { type: 'rule', color: theme.MUTED, strokeWidth: 0.75 },
    encoding: {
      x: { field: 'fromX', type: 'quantitative', ...plain },
      y: { field: 'fromY', type: 'quantitative', ...plain },
      x2: { field: 'toX' },
      y2: { field: 'toY' },
    },
  }))
}

/** Twice: first a halo in the page's colour, so that lines do not run through the letters. Names lie above numbers. */
export function labelLayers(labels: readonly DataLabel[]): Layer[] {
  const numbers = labels.filter(({ isNumber }) => isNumber === true)
  const names = labels.filter(({ isNumber }) => isNumber !== true)
  return [
    ...byToggle(numbers, 'numbers', { fontSize: theme.FONT_SIZE * NUMBER_SIZE, color: theme.MUTED }),
    ...byToggle(
      names.filter(({ layer }) => layer !== undefined),
      'names',
      {},
    ),
    ...textLayers(
      names.filter(({ layer }) => layer === undefined),
      'labels',
      {},
    ),
  ]
}

/** A text that belongs to marks which the reader may switch off goes with them. */
function byToggle(labels: readonly DataLabel[], what: string, look: Layer): Layer[] {
  const layers = [...new Set(labels.map(({ layer }) => layer))]
  return layers.flatMap((layer) =>
    textLayers(
      labels.filter((label) => label.layer === layer),
      `${layer ?? 'hull'}_${what}`,
      look,
    ),
  )
}

function textLayers(labels: readonly DataLabel[], name: string, look: Layer): Layer[] {
  const halo = { stroke: theme.SURFACE, strokeWidth: 3, strokeJoin: 'round' }
  return [halo, {}].map((mark, pass) => ({
    name: pass === 0 ? `${name}_halo` : name,
    data: { values: labels },
    mark: { type: 'text', align: { expr: 'datum.align' }, baseline: 'middle', limit: 0, ...look, ...mark },
    encoding: {
      x: { field: 'x', type: 'quantitative', ...plain },
      y: { field: 'y', type: 'quantitative', ...plain },
      text: { field: 'text', type: 'nominal' },
    },
  }))
}
