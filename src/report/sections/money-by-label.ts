import type { LabelRow, LabelRows } from '../../metrics/label-rows.js'
import type { Comparison, RunMetrics } from '../../metrics/result.js'
import { LABELS_SHOWN, labelMixRows, mixByLabelChart } from '../charts/mix-by-label.js'
import type { ModelOrder } from '../charts/model-order.js'
import { figure, name, table } from '../elements.js'
import { inReadingOrder, labelWords, topRows } from '../findings/labels.js'
import { capitalised, count, money, percent } from '../format.js'
import { html, type Markup, type Piece } from '../markup.js'
import { moneyScale, type MoneyScale } from '../monthly.js'

/** Whose money it is: what each organisation, team and user pays today and would pay, and which models serve them. */
export async function moneyByLabel(
  comparison: Comparison,
  order: ModelOrder,
  index: number,
): Promise<Markup | null> {
  const run = comparison.runs[index]
  const labels = inReadingOrder(comparison.charts[index]?.labels ?? []).filter(({ values }) => values > 1)
  if (run === undefined || labels.length === 0) return null
  const figures = await Promise.all(labels.map((own) => mixFigure(own, order)))
  return html`<h3>By organisation, team, user and priority</h3>
    <p class="sub">Under ${name(run.policyId)}, beside the baseline. Dearest first.</p>
    ${labels.map((own) => moneyTable({ comparison, run, index, own }))}
    <div class="multiples">${figures}</div>`
}

interface Block {
  readonly comparison: Comparison
  readonly run: RunMetrics
  readonly index: number
  readonly own: LabelRows
}

interface Row {
  readonly who: Piece
  readonly offered: number
  readonly costUsd: number
  /** Of the baseline, for the same requests; null where it is not known apart. */
  readonly baseUsd: number | null
  readonly quality: number | null
}

function moneyTable({ comparison, run, index, own }: Block): Markup {
  const { one, many } = labelWords(own.label)
  const base =
    index === 0 ? undefined : comparison.charts[0]?.labels?.find(({ label }) => label === own.label)
  const rows = asRows(own, base, many)
  const total = rows.reduce((sum, { costUsd }) => sum + costUsd, 0)
  return table({
    caption: `By ${one}, ${moneyScale(comparison).unit}`,
    rows,
    columns: columnsOf(scaleOf(comparison, run), {
      head: capitalised(one),
      total,
      hasBase: base !== undefined,
    }),
  })
}

async function mixFigure(own: LabelRows, order: ModelOrder): Promise<Markup | null> {
  const { one } = labelWords(own.label)
  const chart = mixByLabelChart(own, order)
  return chart === null ? null : figure({ title: `Models by ${one}`, chart, data: mixTable(own, one) })
}

function asRows(own: LabelRows, base: LabelRows | undefined, many: string): Row[] {
  const { top, rest } = topRows(own, ({ costUsd }) => costUsd, LABELS_SHOWN)
  const paidBy = (value: string | null): number | null =>
    base?.rows.find((row) => row.values === 1 && row.value === value)?.costUsd ?? null
  const shown = top.map((row) => ({ ...row, who: who(row), baseUsd: paidBy(row.value) }))
  if (rest === null) return shown
  const known = shown.every(({ baseUsd }) => baseUsd !== null)
  const baseTotal = base?.rows.reduce((sum, { costUsd }) => sum + costUsd, 0)
  const baseShown = shown.reduce((sum, { baseUsd }) => sum + (baseUsd ?? 0), 0)
  const baseUsd = known && baseTotal !== undefined ? wholeNano(Math.max(0, baseTotal - baseShown)) : null
  const others = { ...rest, costUsd: wholeNano(rest.costUsd), quality: null }
  return [...shown, { ...others, who: `${count(rest.values)} other ${many}`, baseUsd }]
}

/** Two sums of the same amounts in another order are the same. */
function wholeNano(dollars: number): number {
  return Math.round(dollars * 1e9) / 1e9
}

/** A request may lack the label. */
function who({ value }: LabelRow): Piece {
  return value === null ? 'not said in the log' : name(value)
}

/** From money in the log to the money of the page. */
function scaleOf(comparison: Comparison, run: RunMetrics): (usd: number | null) => string {
  const scale: MoneyScale = moneyScale(comparison)
  return (usd) => money(usd === null || run.offered === 0 ? null : (usd / run.offered) * scale.requests)
}

interface ColumnOptions {
  readonly head: string
  readonly total: number
  readonly hasBase: boolean
}

function columnsOf(
  scaledMoney: (usd: number | null) => string,
  { head, total, hasBase }: ColumnOptions,
): { head: string; kind: 'number' | 'words'; cell: (row: Row) => Piece }[] {
  const share = (part: number, whole: number | null): number | null =>
    whole === null || whole <= 0 ? null : part / whole
  return [
    { head, kind: 'words', cell: ({ who: piece }) => piece },
    { head: 'Requests', kind: 'number', cell: ({ offered }) => count(offered) },
    ...(hasBase
      ? [{ head: 'Baseline', kind: 'number' as const, cell: ({ baseUsd }: Row) => scaledMoney(baseUsd) }]
      : []),
    { head: 'This policy', kind: 'number', cell: ({ costUsd }) => scaledMoney(costUsd) },
    { head: 'Of all money', kind: 'number', cell: ({ costUsd }) => percent(share(costUsd, total)) },
    ...(hasBase
      ? [
          {
            head: 'Less than baseline',
            kind: 'number' as const,
            cell: ({ costUsd, baseUsd }: Row) =>
              percent(baseUsd === null ? null : share(baseUsd - costUsd, baseUsd)),
          },
        ]
      : []),
    {
      head: 'Quality of answers',
      kind: 'number',
      cell: ({ quality }) => (quality === null ? '–' : percent(quality)),
    },
  ]
}

function mixTable(own: LabelRows, one: string): Markup {
  return table({
    caption: `Answered requests by ${one} and model`,
    rows: labelMixRows(own),
    columns: [
      { head: capitalised(one), kind: 'words', cell: ({ task }) => name(task) },
      { head: 'Model', kind: 'words', cell: ({ model }) => name(model) },
      { head: 'Requests', kind: 'number', cell: ({ requests }) => count(requests) },
    ],
  })
}
