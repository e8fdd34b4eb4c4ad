import type { RunCharts } from '../../metrics/result.js'
import { listed, percent, plainName } from '../format.js'
import { framed, type Chart, type ChartSpec } from './chart.js'
import type { ModelOrder } from './model-order.js'
import { stackShares, type StackPiece } from './stack.js'
import * as theme from './theme.js'

/** Which models serve easy and hard requests: shares per decile of difficulty, a small multiple per policy. */
export function mixByDifficultyChart(rows: RunCharts['mixByDifficulty'], order: ModelOrder): Chart | null {
  const input = rows.map((row) => ({ key: String(row.from), model: row.model, requests: row.requests }))
  const width = new Map(rows.map((row) => [String(row.from), row.to]))
  const pieces = stackShares(input, order, ({ key, model, share }) => {
    return `Difficulty ${Number(key).toFixed(1)} to ${(width.get(key) ?? 1).toFixed(1)}: ${percent(share)} ${plainName(model)}`
  })
  if (pieces.length === 0) return null
  return { finding: finding(pieces), legend: [], widths: ['narrow'], spec: () => spec(pieces, width) }
}

function spec(pieces: readonly StackPiece[], ends: ReadonlyMap<string, number>): ChartSpec {
  const values = pieces.map((piece) => ({
    ...piece,
    left: Number(piece.key),
    right: ends.get(piece.key) ?? 1,
  }))
  return {
    ...framed('narrow', { height: 150, left: 46, bottom: 42 }),
    data: { values },
    mark: { type: 'rect', stroke: theme.SURFACE, strokeWidth: 1, aria: true },
    encoding: {
      x: {
        field: 'left',
        type: 'quantitative',
        title: 'Difficulty: easy to hard',
        scale: { domain: [0, 1], nice: false },
        axis: { values: [0, 0.2, 0.4, 0.6, 0.8, 1], grid: false, format: '.1f' },
      },
      x2: { field: 'right' },
      y: {
        field: 'from',
        type: 'quantitative',
        title: null,
        scale: { domain: [0, 1], nice: false },
        axis: { values: [0, 0.5, 1], format: '.0%', grid: false },
      },
      y2: { field: 'to' },
      fill: { field: 'colour', type: 'nominal', scale: null },
      description: { field: 'title', type: 'nominal' },
    },
    config: theme.CONFIG,
  }
}

/** The largest share among the easiest and among the hardest requests. */
function finding(pieces: readonly StackPiece[]): string {
  const keys = [...new Set(pieces.map((piece) => Number(piece.key)))].sort((a, b) => a - b)
  const ends = [keys[0], keys.at(-1)].map((key) =>
    largest(pieces.filter((piece) => Number(piece.key) === key)),
  )
  const [easy = '', hard = ''] = ends
  return `Models by difficulty. Easiest requests: ${easy}. Hardest requests: ${hard}.`
}

function largest(pieces: readonly StackPiece[]): string {
  const sorted = [...pieces].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, 2)
  return listed(sorted.map((piece) => `${percent(piece.to - piece.from)} ${plainName(piece.model)}`))
}
