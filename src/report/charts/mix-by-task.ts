import type { RunCharts } from '../../metrics/result.js'
import { count, percent, plainName, shortName } from '../format.js'
import { framed, type Chart, type ChartSpec } from './chart.js'
import type { ModelOrder } from './model-order.js'
import { stackShares, type StackPiece } from './stack.js'
import * as theme from './theme.js'

/** More tasks than this make a wall of bars: the rest are in the table. */
const MAX_TASKS = 12
const ROW_HEIGHT = 34

/** What each bar of a mix is about; `task` for all that a task says, else a label such as `org`. */
export type MixRow = Pick<RunCharts['mixByTask'][number], 'task' | 'model' | 'requests'>

/** Which models serve which task, or whom: one bar of shares per `what`, the largest first. */
export function mixByTaskChart(rows: readonly MixRow[], order: ModelOrder, what = 'task'): Chart | null {
  const sizes = taskSizes(rows)
  const shown = sizes.slice(0, MAX_TASKS).map(([task]) => task)
  const index = new Map(shown.map((task, i) => [task, i]))
  const input = rows
    .filter((row) => index.has(row.task))
    .map((row) => ({ key: String(index.get(row.task)), model: row.model, requests: row.requests }))
  const pieces = stackShares(input, order, ({ key, model, share }) => {
    return `${plainName(shown[Number(key)] ?? '')}: ${percent(share)} ${plainName(model)}`
  })
  if (pieces.length === 0) return null
  const names = sizes
    .slice(0, MAX_TASKS)
    .map(([task, requests]) => `${shortName(task, 28)} (${count(requests)})`)
  return {
    finding: finding(pieces, shown, what),
    legend: [],
    widths: ['narrow'],
    spec: () => spec(pieces, names, what),
  }
}

function taskSizes(rows: readonly MixRow[]): [string, number][] {
  const sizes = new Map<string, number>()
  for (const { task, requests } of rows) sizes.set(task, (sizes.get(task) ?? 0) + requests)
  return [...sizes].filter(([, requests]) => requests > 0).sort((a, b) => b[1] - a[1])
}

/** The task's name stands above its bar: a label column would leave no room for the bar on a phone. */
function spec(pieces: readonly StackPiece[], names: readonly string[], what: string): ChartSpec {
  const bars = pieces.map((piece) => ({
    ...piece,
    top: Number(piece.key) + 0.48,
    bottom: Number(piece.key) + 0.95,
  }))
  const labels = names.map((name, i) => ({ name, at: i + 0.26 }))
  const y = { type: 'quantitative', scale: { domain: [names.length, 0], nice: false }, axis: null } as const
  const x = {
    type: 'quantitative',
    title: `Share of the ${what}’s requests`,
    scale: { domain: [0, 1], nice: false },
    axis: { values: [0, 0.25, 0.5, 0.75, 1], format: '.0%', grid: false },
  } as const
  return {
    ...framed('narrow', { height: names.length * ROW_HEIGHT, left: 10, bottom: 42 }),
    layer: [
      {
        data: { values: bars },
        mark: { type: 'rect', stroke: theme.SURFACE, strokeWidth: 1, aria: true },
        encoding: {
          x: { field: 'from', ...x },
          x2: { field: 'to' },
          y: { field: 'top', ...y },
          y2: { field: 'bottom' },
          fill: { field: 'colour', type: 'nominal', scale: null },
          description: { field: 'title', type: 'nominal' },
        },
      },
      {
        data: { values: labels },
        mark: { type: 'text', align: 'left', baseline: 'middle', x: 0, limit: 0 },
        encoding: { y: { field: 'at', ...y }, text: { field: 'name', type: 'nominal' } },
      },
    ],
    config: theme.CONFIG,
  }
}

function finding(pieces: readonly StackPiece[], tasks: readonly string[], what: string): string {
  const parts = tasks.slice(0, 6).map((task, i) => {
    const own = pieces.filter((piece) => piece.key === String(i))
    const top = [...own].sort((a, b) => b.to - b.from - (a.to - a.from))[0]
    return top === undefined
      ? plainName(task)
      : `${plainName(task)} ${percent(top.to - top.from)} ${plainName(top.model)}`
  })
  return `Models by ${what}, the model with the largest share of each: ${parts.join('; ')}.`
}
