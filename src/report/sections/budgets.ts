import type { Comparison, RunCharts, RunMetrics } from '../../metrics/result.js'
import { poolSpendChart } from '../charts/pool-spend.js'
import { figure, name, table, withNote } from '../elements.js'
import { comparedBudgetScale, heldAt } from '../findings/budget-scale.js'
import { headroomSentence } from '../findings/headroom.js'
import { capsSentence } from '../findings/words.js'
import { count, duration, money, time } from '../format.js'
import { html, type Markup } from '../markup.js'

/** Spend against cap per pool, and what the caps stopped: one block per policy with budgets, the featured one open. */
export async function budgetsSection(comparison: Comparison, featuredIndex: number): Promise<Markup> {
  const withBudgets = comparison.runs.flatMap((run, index) => {
    const charts = comparison.charts[index]
    return charts === undefined || run.budget.capGuarantee === 'none' ? [] : [{ run, charts, index }]
  })
  const open = withBudgets.some(({ index }) => index === featuredIndex)
    ? featuredIndex
    : (withBudgets.at(-1)?.index ?? -1)
  const held = heldAt(comparison)
  const scaling = comparedBudgetScale(comparison)
  const blocks = await Promise.all(
    withBudgets.map(async ({ run, charts, index }) => ({
      run,
      isOpen: index === open,
      body: await block({ run, charts, pools: index === open ? OPEN_POOLS : FOLDED_POOLS, held }),
    })),
  )
  const shown = [...blocks]
    .sort((a, b) => Number(b.isOpen) - Number(a.isOpen))
    .map(({ run, isOpen, body }) =>
      isOpen
        ? html`<h3>${name(run.policyId)}</h3>
            ${body}`
        : html`<details>
            <summary>Budgets of ${name(run.policyId)}</summary>
            ${body}
          </details>`,
    )
  return html`<section id="budgets" aria-labelledby="budgets-h">
    <h2 id="budgets-h">Budgets</h2>
    ${scaling.map((sentence) => html`<p>${sentence}</p>`)}
    ${shown.length === 0 ? html`<p>No policy was replayed under budgets.</p>` : shown}
  </section>`
}

/** Pools with a chart: all that the result holds where the reader looks first, the most important ones elsewhere. */
const OPEN_POOLS = 12
const FOLDED_POOLS = 4

interface Block {
  readonly run: RunMetrics
  readonly charts: RunCharts
  readonly pools: number
  readonly held: string
}

async function block({ run, charts, pools, held }: Block): Promise<Markup> {
  const figures = await Promise.all(
    charts.poolSpend.slice(0, pools).map(async (pool) => {
      const chart = poolSpendChart(pool)
      if (chart === null) return null
      const title = html`${name(pool.budgetId)}<span class="sub">${name(pool.label)}</span>`
      return figure({ title, chart, data: spendTable(pool) })
    }),
  )
  return html`<p>
      ${capsSentence(run.budget, held)} Stranded (unused at a window’s end although something was refused or
      downgraded): ${money(run.budget.strandedUsd)}.
    </p>
    ${headroomSentence(run) === null ? null : html`<p>Headroom: ${headroomSentence(run)}</p>`}
    ${charts.budgets.length === 0 ? null : budgetsTable(charts)}
    ${
      figures.length === 0
        ? null
        : html`<p class="sub">
              Spend against cap through time (UTC), the pools that stopped most or spent most. Shaded: spent
              in the window. Dashed: the cap.
            </p>
            <div class="multiples">${figures}</div>`
    }
    ${
      charts.poolWindows.length === 0
        ? null
        : html`<details>
            <summary>Budget windows that stopped something or went over</summary>
            ${windowsTable(charts)}
          </details>`
    }`
}

function spendTable(pool: RunCharts['poolSpend'][number]): Markup {
  return table({
    caption: `Spent in the window, cap ${money(pool.capUsd)}`,
    rows: pool.points,
    columns: [
      { head: 'Time', kind: 'words', cell: (point) => time(point.at) },
      { head: 'Spent', kind: 'number', cell: (point) => money(point.usedUsd) },
    ],
  })
}

function budgetsTable({ budgets }: RunCharts): Markup {
  return table({
    caption: 'Budgets, all their windows together, in the log',
    rows: budgets,
    columns: [
      { head: 'Budget', kind: 'words', cell: (row) => name(row.budgetId) },
      { head: 'Windows', kind: 'number', cell: (row) => count(row.pools) },
      { head: 'Over cap', kind: 'number', cell: (row) => count(row.violations) },
      { head: 'Requests stopped or changed', kind: 'number', cell: (row) => count(row.bindings) },
      { head: 'Spent', kind: 'number', cell: (row) => money(row.spentUsd) },
      { head: 'Stranded', kind: 'number', cell: (row) => money(row.strandedUsd) },
    ],
  })
}

function windowsTable({ poolWindows }: RunCharts): Markup {
  return table({
    caption: 'Most requests stopped or changed first',
    rows: poolWindows,
    columns: [
      { head: 'Budget', kind: 'words', cell: (row) => withNote(name(row.budgetId), name(row.label)) },
      { head: 'From', kind: 'number', cell: (row) => time(row.start) },
      {
        head: 'Length',
        kind: 'number',
        cell: (row) => (row.end === null ? 'open' : duration(row.end - row.start)),
      },
      { head: 'Cap', kind: 'number', cell: (row) => money(row.capUsd) },
      { head: 'Spent', kind: 'number', cell: (row) => money(row.spentUsd) },
      { head: 'Overspend', kind: 'number', cell: (row) => money(row.overspendUsd) },
      { head: 'Stopped or changed', kind: 'number', cell: (row) => count(row.bindings) },
      { head: 'Over cap', kind: 'words', cell: (row) => (row.violated ? 'yes' : 'no') },
    ],
  })
}
