import type { Point } from '../../metrics/result.js'
import type { ClassifierFrontier, FrontierKind, FrontierResult } from '../../tune/frontier.js'
import type { Chart, LegendEntry } from './chart.js'
import { frontierSpec, modelKey, PARTIAL } from './frontier.js'
import { curveLayer } from './frontier-layers.js'
import { hullLine } from './hull-line.js'
import { rowOf, singleRows, type FrontierRow, type FrontierRows } from './frontier-rows.js'
import * as theme from './theme.js'

interface Line {
  readonly mark: LegendEntry['mark']
  readonly dash: readonly number[]
}

const LINES: Readonly<Record<FrontierKind, Line>> = {
  learned: { mark: 'line', dash: [] },
  task: { mark: 'dashed', dash: [6, 4] },
  heuristic: { mark: 'dotted', dash: [2, 3] },
  hybrid: { mark: 'dashDotted', dash: [8, 3, 2, 3] },
  cascade: { mark: 'longDashed', dash: [12, 3] },
}

/** Each classifier's settings as a line with the chosen one marked, over the single models, their hull and the oracle. */
export function classifierFrontierChart(result: FrontierResult): Chart {
  const data = classifierRows(result)
  const curves = result.classifiers.map(({ kind, points }) => ({
    line: hullLine(byCost(points)),
    dash: LINES[kind].dash,
  }))
  return {
    finding: `Cost against quality. ${data.rows.map(({ title }) => title).join('; ')}.`,
    legend: legend(result.classifiers, data),
    key: (width) => modelKey(data, width),
    widths: ['narrow', 'wide'],
    spec: (width) =>
      frontierSpec(data, width, (scale) => curves.map(({ line, dash }) => curveLayer(line, dash, scale))),
  }
}

/** What stands on the chart, as the drawing and the terminal's plot place it. */
export function classifierRows({ singles, hull, oracle, classifiers }: FrontierResult): FrontierRows {
  return {
    rows: [
      ...singleRows(singles, hull),
      ...(oracle === null ? [] : [rowOf('oracle', oracle)]),
      ...classifiers.map(({ kind, chosen }) => rowOf('policy', { ...chosen, label: kind })),
    ],
    hull,
    randomMix: [],
    missing: [],
    qualityTitle: 'Mean quality',
  }
}

function byCost(points: readonly Point[]): readonly Point[] {
  return [...points].sort((a, b) => a.costUsd - b.costUsd)
}

function legend(classifiers: readonly ClassifierFrontier[], { rows }: FrontierRows): LegendEntry[] {
  const only = (kind: FrontierRow['kind'], entry: LegendEntry): LegendEntry[] =>
    rows.some((row) => row.kind === kind) ? [entry] : []
  return [
    ...classifiers.map(({ kind }) => ({
      label: `${kind}: its settings`,
      mark: LINES[kind].mark,
      colour: theme.POLICY,
    })),
    { label: 'the setting that was chosen', mark: 'circle', colour: theme.POLICY },
    { label: 'single model on the hull', mark: 'diamond', colour: theme.SINGLE },
    ...only('single', {
      label: 'single model below it',
      mark: 'openDiamond',
      colour: theme.SINGLE,
      layer: 'single',
    }),
    ...only('partialSingle', PARTIAL),
    { label: 'hull: fixed mixes of single models', mark: 'line', colour: theme.SINGLE },
    {
      label: 'oracle: knows every outcome beforehand',
      mark: 'triangle',
      colour: theme.ORACLE,
      layer: 'oracle',
    },
  ]
}
