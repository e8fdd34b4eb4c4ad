import type { MarginResult, MarginRow } from '../../metrics/margin-row.js'
import type { Comparison } from '../../metrics/result.js'
import { marginChart, type MarginAgainst } from '../charts/margin.js'
import { figure, name, table, type Column } from '../elements.js'
import {
  isDefaultMargin,
  MARGIN_WORDS,
  marginNotes,
  marginSentence,
  unboundSentence,
  wayName,
} from '../findings/margin.js'
import { count, money, percent } from '../format.js'
import { html, type Markup } from '../markup.js'

/** What each way of reserving would have cost, where the run measured it; else how to make it. Null without budgets. */
export async function marginSection({ margin, runs }: Comparison): Promise<Markup | null> {
  if (runs.every(({ budget }) => budget.capGuarantee === 'none')) return null
  const body =
    margin === undefined
      ? html`<p>
          Not measured in this run: <code>tollgate replay --margin</code> replays a policy with every way of
          reserving, and puts the result here.
        </p>`
      : await marginBody(margin)
  return html`<section id="margin" aria-labelledby="margin-h">
    <h2 id="margin-h">How much to hold for a call</h2>
    <p>
      Money is held before a call, when nobody knows yet what it will cost. Holding too little lets calls cost
      more than was held, and a budget go over its cap. Holding too much keeps money from requests that it
      would have paid for.
    </p>
    ${body}
  </section>`
}

async function marginBody(result: MarginResult): Promise<Markup> {
  const unbound = unboundSentence(result)
  return html`<h3>${name(result.policyId)}</h3>
    <p>${marginSentence(result)}</p>
    ${unbound === null ? await marginFigures(result) : html`<p><strong>${unbound}</strong></p>`}
    <details>
      <summary>All ways of reserving, and what the figures rest on</summary>
      ${marginTable(result)} ${marginWords()}
      <ul>
        ${marginNotes(result).map((text) => html`<li>${text}</li>`)}
      </ul>
    </details>`
}

const CHARTS: readonly (readonly [against: MarginAgainst, title: string])[] = [
  ['stranded', 'Calls over their reservation against stranded budget'],
  ['refused', 'Calls over their reservation against requests refused or downgraded'],
]

export async function marginFigures({ rows }: MarginResult): Promise<Markup> {
  const figures = await Promise.all(
    CHARTS.map(async ([against, title]) => {
      const chart = marginChart(rows, against)
      return chart === null ? null : figure({ title, chart, data: chartTable(rows, against, title) })
    }),
  )
  return html`<p>
      Down is safer, left is cheaper. The labels are margins on the mean, and quantiles of the output tokens.
    </p>
    <div class="pair">${figures}</div>`
}

const WAY: Column<MarginRow> = { head: 'Held for a call', kind: 'words', cell: wayName }
const OVER = number('Calls over', (row) => percent(row.overspendProbability))
const STRANDED = number('Stranded', (row) => money(row.strandedUsd))
const REFUSED = number('Refused', (row) => count(row.refused))
const DOWNGRADED = number('Downgraded', (row) => count(row.downgraded))

function number(head: string, cell: (row: MarginRow) => string): Column<MarginRow> {
  return { head, kind: 'number', cell }
}

function chartTable(rows: readonly MarginRow[], against: MarginAgainst, title: string): Markup {
  const columns = against === 'stranded' ? [WAY, OVER, STRANDED] : [WAY, OVER, REFUSED, DOWNGRADED]
  return table({ caption: `${title}: the dots, from the smallest to the largest reservation`, rows, columns })
}

export function marginTable({ rows }: MarginResult): Markup {
  return table({
    caption: 'Measured on requests that the estimates were not learned from; the default margin stands out',
    rows,
    isFeatured: isDefaultMargin,
    columns: [
      WAY,
      OVER,
      number('Overspent', (row) => money(row.overspendUsd)),
      number('Charged', (row) => money(row.chargedUsd)),
      number('Windows over cap', (row) =>
        row.poolWindows === null ? count(null) : `${count(row.windowsOverCap)} of ${count(row.poolWindows)}`,
      ),
      STRANDED,
      REFUSED,
      DOWNGRADED,
      number('Wrongly', (row) => count(row.wronglyRefused)),
      number('Truncated', (row) => count(row.truncated)),
      number('Quality', (row) => percent(row.quality)),
    ],
  })
}

export function marginWords(): Markup {
  return html`<dl class="facts">
    ${MARGIN_WORDS.map(
      ([term, meaning]) =>
        html`<dt>${term}</dt>
          <dd>${meaning}</dd>`,
    )}
  </dl>`
}
