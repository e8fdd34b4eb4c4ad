import { frontierChart } from '../charts/frontier.js'
import { frontierRows, type FrontierRow } from '../charts/frontier-rows.js'
import { comparableReferences } from '../findings/comparable-references.js'
import type { Comparison } from '../../metrics/result.js'
import { figure, name, table } from '../elements.js'
import { money, moneyInterval, percent, percentInterval, plural } from '../format.js'
import { html, type Markup } from '../markup.js'

const KINDS: Readonly<Record<FrontierRow['kind'], string>> = {
  policy: 'policy',
  baseline: 'baseline',
  hullSingle: 'single model on the hull',
  single: 'single model',
  partialSingle: 'single model, known in part',
  oracle: 'oracle',
  control: 'control',
}

export async function frontierSection(comparison: Comparison): Promise<Markup> {
  const chart = frontierChart(comparison)
  const body =
    chart === null
      ? html`<p>There is nothing to draw: cost or quality of every policy and model is unknown.</p>`
      : html`<p>Up is better, left is cheaper. ${lineSentence(comparison)}</p>
          ${await figure({ title: titleOf(comparison), chart, data: dataTable(comparison) })}${partialNote(comparison)}`
  return html`<section id="frontier" aria-labelledby="frontier-h">
    <h2 id="frontier-h">Cost against quality</h2>
    ${body}
  </section>`
}

function titleOf({ qualityUnit }: Comparison): string {
  return qualityUnit === 'session'
    ? 'Every policy whose quality by session is known'
    : 'Every policy beside the single models, what chance reaches, and the best possible'
}

function lineSentence(comparison: Comparison): string {
  if (comparison.qualityUnit === 'session')
    return 'Quality is by session here, and what single models would have made of whole sessions no log says: there is no line that a policy would have to beat.'
  return comparableReferences(comparison).hull.length < 2
    ? 'There is no line of fixed mixes that a policy would have to beat: the log knows fewer than two models well enough to mix them.'
    : 'A policy above the line beats every fixed mix of single models at its cost; a policy on or below it could be replaced by one.'
}

/** A model that lies above the hull is not comparable: it was asked some of the requests only, maybe the easy ones. */
function partialNote(comparison: Comparison): Markup | null {
  const { rows } = frontierRows(comparison)
  const above = rows.filter(({ kind }) => kind === 'partialSingle')
  if (above.length === 0) return null
  return html`<p class="sub">
    ${plural(above.length, 'single model')} above or left of the line do not count for it: their outcomes are
    known for a part of the requests only, so that their means are not comparable.
  </p>`
}

function dataTable(comparison: Comparison): Markup {
  const { rows } = frontierRows(comparison)
  const perThousand = (cost: number): string => money(cost * 1000)
  return table({
    caption: 'Mean cost per 1,000 requests and mean quality, cheapest first',
    rows: [...rows].sort((a, b) => a.costUsd - b.costUsd),
    columns: [
      { head: 'Name', kind: 'words', cell: (row) => name(row.label) },
      { head: 'No.', kind: 'number', cell: (row) => row.number ?? '' },
      { head: 'Kind', kind: 'words', cell: (row) => KINDS[row.kind] },
      { head: 'Cost', kind: 'number', cell: (row) => perThousand(row.costUsd) },
      {
        head: 'Cost, 95 %',
        kind: 'number',
        cell: ({ costCi }) => (costCi === null ? '' : moneyInterval([costCi[0] * 1000, costCi[1] * 1000])),
      },
      { head: 'Quality', kind: 'number', cell: (row) => percent(row.quality) },
      {
        head: 'Quality, 95 %',
        kind: 'number',
        cell: (row) => (row.qualityCi === null ? '' : percentInterval(row.qualityCi)),
      },
    ],
  })
}
