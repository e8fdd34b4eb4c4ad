import type { MarginRow } from '../metrics/margin-row.js'
import type { LogSummary } from '../metrics/result.js'
import type { MarginResult } from '../tune/margin.js'
import { marginChart, type MarginAgainst } from './charts/margin.js'
import { figure, name, table, type Column } from './elements.js'
import {
  isDefaultMargin,
  MARGIN_WORDS,
  marginNotes,
  marginSentence,
  unboundSentence,
  wayName,
} from './findings/margin.js'
import { count, money, percent, plainName } from './format.js'
import { html, type Markup } from './markup.js'
import { page } from './page.js'
import { banner } from './sections/answer.js'

/** What every way of reserving costs, as one HTML page. The same result gives the same page. */
export async function renderMarginHtml(log: LogSummary, result: MarginResult): Promise<string> {
  return page({
    title: `Margin report: ${plainName(log.path)}`,
    heading: 'What a margin costs',
    sub: html`Budgets of ${plainName(result.policyId)} over ${plainName(log.path)}`,
    banner: banner({ log }),
    contents: CONTENTS,
    sections: [
      answer(result),
      await chartSection(result),
      tableSection(result),
      evidenceSection(log, result),
    ],
  }).text
}

const CONTENTS = [
  ['answer', 'The answer'],
  ['charts', 'Overspend against refusals'],
  ['rows', 'All ways of reserving'],
  ['evidence', 'Evidence'],
] as const

function answer(result: MarginResult): Markup {
  const unbound = unboundSentence(result)
  return html`<section id="answer" aria-labelledby="answer-h">
    <h2 id="answer-h">The answer</h2>
    <p class="lead">${marginSentence(result)}</p>
    ${unbound === null ? null : html`<p><strong>${unbound}</strong></p>`}
    <p>
      A reservation that is too small lets calls cost more than was held for them, and a window over its cap.
      One that is too large keeps money from requests that it would have paid for.
    </p>
  </section>`
}

const CHARTS: readonly (readonly [against: MarginAgainst, title: string])[] = [
  ['stranded', 'Calls over their reservation against stranded budget'],
  ['refused', 'Calls over their reservation against requests refused or downgraded'],
]

async function chartSection({ rows }: MarginResult): Promise<Markup> {
  const figures = await Promise.all(
    CHARTS.map(async ([against, title]) => {
      const chart = marginChart(rows, against)
      return chart === null ? null : figure({ title, chart, data: chartTable(rows, against) })
    }),
  )
  return html`<section id="charts" aria-labelledby="charts-h">
    <h2 id="charts-h">Overspend against refusals</h2>
    <p>
      Down is safer, left is cheaper. The labels are margins on the mean, and quantiles of the output tokens.
    </p>
    ${figures}
  </section>`
}

const WAY: Column<MarginRow> = { head: 'Held for a call', kind: 'words', cell: wayName }
const OVER = number('Calls over', (row) => percent(row.overspendProbability))
const STRANDED = number('Stranded', (row) => money(row.strandedUsd))
const REFUSED = number('Refused', (row) => count(row.refused))
const DOWNGRADED = number('Downgraded', (row) => count(row.downgraded))

function number(head: string, cell: (row: MarginRow) => string): Column<MarginRow> {
  return { head, kind: 'number', cell }
}

function chartTable(rows: readonly MarginRow[], against: MarginAgainst): Markup {
  const columns = against === 'stranded' ? [WAY, OVER, STRANDED] : [WAY, OVER, REFUSED, DOWNGRADED]
  return table({ caption: 'The dots, from the smallest to the largest reservation', rows, columns })
}

function tableSection({ rows }: MarginResult): Markup {
  return html`<section id="rows" aria-labelledby="rows-h">
    <h2 id="rows-h">All ways of reserving</h2>
    ${table({
      caption: 'Measured on requests that the estimates were not learned from; the default margin stands out',
      rows,
      isFeatured: isDefaultMargin,
      columns: [
        WAY,
        OVER,
        number('Overspent', (row) => money(row.overspendUsd)),
        number('Charged', (row) => money(row.chargedUsd)),
        number('Windows over cap', (row) =>
          row.poolWindows === null
            ? count(null)
            : `${count(row.windowsOverCap)} of ${count(row.poolWindows)}`,
        ),
        STRANDED,
        REFUSED,
        DOWNGRADED,
        number('Wrongly', (row) => count(row.wronglyRefused)),
        number('Truncated', (row) => count(row.truncated)),
        number('Quality', (row) => percent(row.quality)),
      ],
    })}
    <dl class="facts">
      ${MARGIN_WORDS.map(
        ([term, meaning]) =>
          html`<dt>${term}</dt>
            <dd>${meaning}</dd>`,
      )}
    </dl>
  </section>`
}

function evidenceSection(log: LogSummary, result: MarginResult): Markup {
  return html`<section id="evidence" aria-labelledby="evidence-h">
    <h2 id="evidence-h">Evidence</h2>
    <ul>
      ${marginNotes(result).map((text) => html`<li>${text}</li>`)}
    </ul>
    <dl class="facts">
      <dt>Log</dt>
      <dd>${name(log.path)}, ${count(log.requests)} requests (<code>${plainName(log.hash)}</code>)</dd>
      <dt>Policy</dt>
      <dd>${name(result.policyId)} (<code>${plainName(result.contentHash)}</code>)</dd>
    </dl>
  </section>`
}
