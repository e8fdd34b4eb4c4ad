import type { RunMetrics } from '../../metrics/result.js'
import { savedShare } from '../../metrics/savings.js'
import { capsShort } from '../../report/findings/words.js'
import {
  count,
  money,
  moneyInterval,
  percent,
  percentInterval,
  points,
  pointsInterval,
  UNKNOWN,
} from '../../report/format.js'
import type { Figures } from '../figures.js'
import { element, inSampleMark } from './element.js'

/** How means per request become money; as the report has it. */
export interface Scale {
  readonly requests: number
  /** `a month`. */
  readonly unit: string
}

/** One side of the table: what is known at once, and what resampling said of it, which comes later. */
export interface Side {
  readonly figures: Figures
  readonly run: RunMetrics | undefined
}

interface Row {
  readonly head: string
  readonly value: (side: Side) => string
  /** Beneath the value; null until it is known. */
  readonly interval?: (run: RunMetrics) => string
  readonly change: (before: Figures | RunMetrics, after: Figures | RunMetrics) => string
}

/** The policy as it was replayed beside what it is with what was moved. */
export function rowsTable(before: Side, after: Side, scale: Scale): HTMLElement {
  const rows = rowsOf(scale).map((row) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, row.head),
      cell(row, before),
      cell(row, after),
      element('td', { class: 'number' }, row.change(...compared(before, after))),
    ),
  )
  const head = element(
    'tr',
    {},
    element('th', { scope: 'col' }, 'Figure'),
    element('th', { scope: 'col' }, 'As replayed'),
    element('th', { scope: 'col' }, 'Moved by hand ', inSampleMark()),
    element('th', { scope: 'col' }, 'Change'),
  )
  const label = 'The policy as it was and as it is moved'
  return element(
    'div',
    { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': `Table: ${label}` },
    element(
      'table',
      {},
      element('caption', {}, element('span', {}, `${label}; 95 % intervals beneath`)),
      element('thead', {}, head),
      element('tbody', {}, ...rows),
    ),
  )
}

/** Like with like: as weighed where both sides are, else as replayed. */
function compared(before: Side, after: Side): [Figures | RunMetrics, Figures | RunMetrics] {
  return before.run === undefined || after.run === undefined
    ? [before.figures, after.figures]
    : [before.run, after.run]
}

function cell({ value, interval }: Row, side: Side): HTMLElement {
  const { run } = side
  const text = interval === undefined ? null : run === undefined ? 'interval follows …' : interval(run)
  const note = text === null || text === UNKNOWN ? (text === null ? '' : 'no interval') : text
  return element(
    'td',
    { class: 'number' },
    value(side),
    note === '' ? null : element('span', { class: 'sub' }, note),
  )
}

function rowsOf(scale: Scale): readonly Row[] {
  const dollars = (mean: number | null): number | null => (mean === null ? null : mean * scale.requests)
  return [
    {
      head: `Cost ${scale.unit}`,
      value: ({ figures, run }) => `${soFar(figures, run)}${money(dollars((run ?? figures).meanCostUsd))}`,
      interval: ({ costCi }) =>
        moneyInterval(costCi === null ? null : [costCi[0] * scale.requests, costCi[1] * scale.requests]),
      change: (before, after) => difference(dollars(before.meanCostUsd), dollars(after.meanCostUsd), money),
    },
    {
      head: 'Saved by routing',
      value: ({ figures, run }) => `${soFar(figures, run)}${percent(savedShare(run ?? figures))}`,
      interval: ({ savingsCi }) => percentInterval(savingsCi),
      change: (before, after) => difference(savedShare(before), savedShare(after), points),
    },
    {
      head: 'Quality',
      value: ({ figures, run }) =>
        run === undefined && figures.quality === null ? '…' : percent((run ?? figures).quality),
      interval: ({ qualityCi }) => percentInterval(qualityCi),
      change: (before, after) => difference(before.quality, after.quality, points),
    },
    {
      head: 'Gain over shuffled decisions',
      value: ({ run }) => (run === undefined ? '…' : points(run.control.gain)),
      interval: ({ control }) => pointsInterval(control.gainCi),
      change: () => '',
    },
    countRow('Served', (figures) => figures.served),
    countRow('Downgraded', (figures) => figures.downgraded),
    countRow('Deferred', (figures) => figures.deferred),
    countRow('Refused', (figures) => figures.rejected),
    {
      head: 'Caps',
      value: ({ figures }) => capsShort(figures.budget),
      change: () => '',
    },
  ]
}

/** Before a log that has to be weighed was weighed. */
function soFar({ isCostEstimated }: Figures, run: RunMetrics | undefined): string {
  return run === undefined && isCostEstimated ? 'about ' : ''
}

function countRow(head: string, of: (figures: Figures | RunMetrics) => number): Row {
  return {
    head,
    value: ({ figures }) => `${count(of(figures))} (${percent(of(figures) / Math.max(1, figures.offered))})`,
    change: (before, after) => difference(of(before), of(after), count),
  }
}

/** With its sign; empty where one side is unknown. `points` brings a sign of its own. */
function difference(before: number | null, after: number | null, format: (value: number) => string): string {
  if (before === null || after === null) return ''
  const change = after - before
  if (change === 0) return '±0'
  if (format === points) return points(change)
  return `${change > 0 ? '+' : '−'}${format(Math.abs(change))}`
}
