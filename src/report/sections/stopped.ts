import type { LabelRow, LabelRows } from '../../metrics/label-rows.js'
import type { RunCharts } from '../../metrics/result.js'
import { name, table, type Column } from '../elements.js'
import { inReadingOrder, labelWords, topRows, type TopRows } from '../findings/labels.js'
import { capitalised, count, percent } from '../format.js'
import { html, type Markup, type Piece } from '../markup.js'

const SHOWN = 8

/** Who was downgraded, cut short, made to wait or refused, and which budget did it. Null where the run does not say. */
export function stoppedTables(charts: RunCharts): Markup | null {
  const labels = inReadingOrder(charts.labels ?? []).filter(({ rows }) =>
    rows.some((row) => touched(row) > 0),
  )
  // Importance is what a reader asks for first here.
  const ordered = [...labels].sort((a, b) => Number(b.label === 'priority') - Number(a.label === 'priority'))
  const binding = charts.budgets.filter(({ bindings }) => bindings > 0)
  if (ordered.length === 0 && binding.length === 0) return null
  return html`${binding.length === 0 ? null : bindingTable(binding)}${ordered.map(labelTable)}`
}

function bindingTable(budgets: RunCharts['budgets']): Markup {
  return table({
    caption: 'Which budget did it',
    rows: [...budgets].sort((a, b) => b.bindings - a.bindings),
    columns: [
      { head: 'Budget', kind: 'words', cell: ({ budgetId }) => name(budgetId) },
      { head: 'Requests stopped or changed', kind: 'number', cell: ({ bindings }) => count(bindings) },
    ],
  })
}

type Counted = Pick<
  LabelRow,
  'offered' | 'downgraded' | 'truncated' | 'deferred' | 'rejected' | 'served' | 'values'
>

/** A request may count twice here, as one that waited and was refused after all: the order of the rows, not a figure. */
function touched({ downgraded, truncated, deferred, rejected }: Counted): number {
  return downgraded + truncated + deferred + rejected
}

function labelTable(own: LabelRows): Markup {
  const { one, many } = labelWords(own.label)
  const { top, rest } = topRows(own, touched, SHOWN)
  const shown = top.filter((row) => touched(row) > 0)
  const rows = withRest(shown, { top, rest }, many)
  const used = PARTS.filter(({ part }) => rows.some(({ of }) => part(of) > 0)).map(counted)
  return table({
    caption: `Who it was, by ${one}: most affected first, with the share of their own requests`,
    rows,
    columns: [{ head: capitalised(one), kind: 'words', cell: ({ who }) => who }, REQUESTS, ...used],
  })
}

interface Row {
  readonly who: Piece
  readonly of: Counted
}

/** Those that nothing happened to need no row; those beyond the table have one together, if anything happened to them. */
function withRest(shown: readonly LabelRow[], { rest }: TopRows, many: string): Row[] {
  const rows = shown.map((row) => ({
    who: row.value === null ? 'not said in the log' : name(row.value),
    of: row,
  }))
  if (rest === null || touched(rest) === 0) return rows
  return [...rows, { who: `${count(rest.values)} other ${many}`, of: rest }]
}

const REQUESTS: Column<Row> = { head: 'Requests', kind: 'number', cell: ({ of }) => count(of.offered) }

interface Part {
  readonly head: string
  readonly part: (row: Counted) => number
}

const PARTS: readonly Part[] = [
  { head: 'Downgraded', part: ({ downgraded }) => downgraded },
  { head: 'Cut short', part: ({ truncated }) => truncated },
  { head: 'Deferred', part: ({ deferred }) => deferred },
  { head: 'Refused', part: ({ rejected }) => rejected },
]

function counted({ head, part }: Part): Column<Row> {
  return {
    head,
    kind: 'number',
    cell: ({ of }) => (part(of) === 0 ? '0' : `${count(part(of))} (${percent(part(of) / of.offered)})`),
  }
}
