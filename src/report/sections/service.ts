import type { Comparison, RunCharts, RunMetrics } from '../../metrics/result.js'
import { endsByTimeChart } from '../charts/ends-by-time.js'
import { figure, name, table, type Column } from '../elements.js'
import { FAULT_WORDS } from '../findings/faults.js'
import { delaySentence, serviceSentence } from '../findings/words.js'
import { count, money, percent, plainName, time } from '../format.js'
import { html, type Markup } from '../markup.js'
import { stoppedTables } from './stopped.js'

/** Who was downgraded, deferred or refused, and when. Policies that touched nobody need no chart. */
export async function serviceSection({ runs, charts }: Comparison, featuredIndex: number): Promise<Markup> {
  const blocks = await Promise.all(
    runs.map(async (run, index) => {
      const own = charts[index]
      const body = own === undefined || !touchesAnyone(run) ? null : await block(run, own)
      return { run, body, isFirst: index === featuredIndex }
    }),
  )
  const touched = blocks
    .filter(({ body }) => body !== null)
    .sort((a, b) => Number(b.isFirst) - Number(a.isFirst))
  const untouched = blocks.filter(({ body }) => body === null).map(({ run }) => run)
  return html`<section id="service" aria-labelledby="service-h">
    <h2 id="service-h">Who was downgraded, deferred or refused, and when</h2>
    ${untouched.length === 0 ? null : html`<p>Nothing was refused, deferred or downgraded under ${untouched.map((run, i) => html`${i === 0 ? '' : ', '}${name(run.policyId)}`)}.</p>`}
    ${faultsTable(runs)}
    ${touched.map(({ run, body }, i) =>
      i === 0
        ? html`<h3>${name(run.policyId)}</h3>
            ${body}`
        : html`<details>
            <summary>Who and when under ${name(run.policyId)}</summary>
            ${body}
          </details>`,
    )}
  </section>`
}

function touchesAnyone(run: RunMetrics): boolean {
  return run.downgraded + run.deferred + run.rejected + run.unresolved + (run.faults?.unanswered ?? 0) > 0
}

async function block(run: RunMetrics, charts: RunCharts): Promise<Markup> {
  const chart = endsByTimeChart(charts.endsByTime)
  const drawing =
    chart === null
      ? html`<p>When it happened is unknown: the log has no times.</p>`
      : await figure({
          title: 'What happened to the requests that arrived',
          chart,
          data: endsTable(charts),
        })
  return html`<p>${[serviceSentence(run), delaySentence(run)].filter((text) => text !== null).join(' ')}</p>
    ${stoppedTables(charts)}
    ${drawing}${
      charts.reasons.length === 0
        ? null
        : html`<details>
            <summary>Reasons of the decisions</summary>
            ${reasonsTable(run, charts)}
          </details>`
    }`
}

/** Null without injected faults. */
function faultsTable(runs: readonly RunMetrics[]): Markup | null {
  if (runs.every(({ faults }) => faults === undefined)) return null
  return table({
    caption: 'Injected faults: the same draws under every policy, by request and attempt',
    rows: runs,
    columns: [
      { head: 'Policy', kind: 'words', cell: (run) => name(run.policyId) },
      ...FAULT_WORDS.map(([kind, , many]): Column<RunMetrics> => ({
        head: many.charAt(0).toUpperCase() + many.slice(1),
        kind: 'number',
        cell: (run) => count(run.faults?.[kind]),
      })),
      { head: 'Requests without an answer', kind: 'number', cell: (run) => count(run.faults?.unanswered) },
    ],
  })
}

function endsTable({ endsByTime }: RunCharts): Markup {
  return table({
    caption: 'Requests by the time they arrived; served includes downgraded',
    rows: endsByTime,
    columns: [
      { head: 'From', kind: 'words', cell: (row) => time(row.at) },
      { head: 'Served', kind: 'number', cell: (row) => count(row.served) },
      { head: 'Downgraded', kind: 'number', cell: (row) => count(row.downgraded) },
      { head: 'Deferred', kind: 'number', cell: (row) => count(row.deferred) },
      { head: 'Refused', kind: 'number', cell: (row) => count(row.rejected) },
      { head: 'Cost', kind: 'number', cell: (row) => money(row.costUsd) },
    ],
  })
}

function reasonsTable(run: RunMetrics, { reasons }: RunCharts): Markup {
  return table({
    caption: 'Why each decision was made',
    rows: reasons,
    columns: [
      { head: 'Reason', kind: 'words', cell: (row) => plainName(row.reason) },
      { head: 'Requests', kind: 'number', cell: (row) => count(row.requests) },
      {
        head: 'Share',
        kind: 'number',
        cell: (row) => percent(run.offered === 0 ? null : row.requests / run.offered),
      },
    ],
  })
}
