import type { Comparison, RunCharts } from '../../metrics/result.js'
import { mixByDifficultyChart } from '../charts/mix-by-difficulty.js'
import { mixByTaskChart } from '../charts/mix-by-task.js'
import { modelLegend, modelOrder, type ModelOrder } from '../charts/model-order.js'
import { figure, legend, name, table, withNote } from '../elements.js'
import { count, money, percent } from '../format.js'
import { html, type Markup } from '../markup.js'
import { moneyByLabel } from './money-by-label.js'
import { perRunFigures } from './per-run.js'

/** The reader compares a handful of policies, not fifty. */
const OPEN_RUNS = 8

/** Where the money goes: which model serves what, by difficulty and by task. */
export async function moneySection(comparison: Comparison, featuredIndex: number): Promise<Markup> {
  const order = modelOrder(comparison)
  const otherwise = 'One model serves everything, or there is nothing to show'
  const byDifficulty = await perRunFigures(comparison, {
    draw: (charts, title) => difficultyFigure(charts, order, title),
    isOpen: (index) => index < OPEN_RUNS,
    otherwise,
  })
  const byTask = await perRunFigures(comparison, {
    draw: (charts, title) => taskFigure(charts, order, title),
    isOpen: (index) => index === featuredIndex || comparison.runs.length <= 3,
    otherwise,
  })
  const key = html`<p class="sub">
      Models from cheap to dear: the stronger the colour, the dearer the model.
    </p>
    ${legend(modelLegend(order))}`
  return html`<section id="money" aria-labelledby="money-h">
    <h2 id="money-h">Where the money goes</h2>
    ${order.named.length === 0 ? html`<p>Which models served is unknown.</p>` : key}
    ${sharesTable(comparison, order)}
    <h3>By difficulty</h3>
    ${byDifficulty}
    <h3>By task</h3>
    ${byTask} ${await moneyByLabel(comparison, order, Math.max(0, featuredIndex))}
  </section>`
}

function sharesTable({ runs, charts }: Comparison, order: ModelOrder): Markup | null {
  if (order.named.length === 0) return null
  const rows = runs.map((run, index) => ({ run, money: moneyShares(charts[index]) }))
  return table({
    caption: 'Share of the requests per model, and of the money where it is known',
    rows,
    columns: [
      { head: 'Policy', kind: 'words', cell: ({ run }) => name(run.policyId) },
      ...order.named.map((model) => ({
        head: name(model),
        kind: 'number' as const,
        cell: ({ run, money: shares }: (typeof rows)[number]) => {
          const share = shares.get(model)
          return withNote(
            percent(run.modelShare[model] ?? 0),
            share === undefined ? '' : `${percent(share)} of money`,
          )
        },
      })),
    ],
  })
}

/** Models' shares of a run's known costs; empty when none is known. */
function moneyShares(charts: RunCharts | undefined): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  for (const { model, costUsd } of charts?.mixByTask ?? []) sums.set(model, (sums.get(model) ?? 0) + costUsd)
  const total = [...sums.values()].reduce((sum, cost) => sum + cost, 0)
  if (!(total > 0)) return new Map()
  return new Map([...sums].filter(([, cost]) => cost > 0).map(([model, cost]) => [model, cost / total]))
}

async function difficultyFigure(charts: RunCharts, order: ModelOrder, title: Markup): Promise<Markup | null> {
  const chart = isMixed(charts.mixByDifficulty) ? mixByDifficultyChart(charts.mixByDifficulty, order) : null
  if (chart === null) return null
  const data = table({
    caption: 'Requests by difficulty and model',
    rows: charts.mixByDifficulty.filter((row) => row.requests > 0),
    columns: [
      { head: 'Difficulty', kind: 'words', cell: (row) => `${row.from.toFixed(1)} to ${row.to.toFixed(1)}` },
      { head: 'Model', kind: 'words', cell: (row) => name(row.model) },
      { head: 'Requests', kind: 'number', cell: (row) => count(row.requests) },
    ],
  })
  return figure({ title, chart, data })
}

async function taskFigure(charts: RunCharts, order: ModelOrder, title: Markup): Promise<Markup | null> {
  const chart = isMixed(charts.mixByTask) ? mixByTaskChart(charts.mixByTask, order) : null
  if (chart === null) return null
  const data = table({
    caption: 'Requests by task and model, in the log',
    rows: charts.mixByTask.filter((row) => row.requests > 0),
    columns: [
      { head: 'Task', kind: 'words', cell: (row) => name(row.task) },
      { head: 'Model', kind: 'words', cell: (row) => name(row.model) },
      { head: 'Requests', kind: 'number', cell: (row) => count(row.requests) },
      { head: 'Quality', kind: 'number', cell: (row) => percent(row.quality) },
      { head: 'Cost', kind: 'number', cell: (row) => money(row.costUsd) },
    ],
  })
  return figure({ title, chart, data })
}

/** A policy of one model is a block of one colour: a sentence says it better. */
function isMixed(rows: readonly { readonly model: string; readonly requests: number }[]): boolean {
  return new Set(rows.filter((row) => row.requests > 0).map((row) => row.model)).size > 1
}
