import type { MarginResult } from '../metrics/margin-row.js'
import type { LogSummary } from '../metrics/result.js'
import { name } from './elements.js'
import { marginNotes, marginSentence, unboundSentence } from './findings/margin.js'
import { count, plainName } from './format.js'
import { html, type Markup } from './markup.js'
import { page } from './page.js'
import { banner } from './sections/answer.js'
import { marginFigures, marginTable, marginWords } from './sections/margin.js'

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

async function chartSection(result: MarginResult): Promise<Markup> {
  return html`<section id="charts" aria-labelledby="charts-h">
    <h2 id="charts-h">Overspend against refusals</h2>
    ${await marginFigures(result)}
  </section>`
}

function tableSection(result: MarginResult): Markup {
  return html`<section id="rows" aria-labelledby="rows-h">
    <h2 id="rows-h">All ways of reserving</h2>
    ${marginTable(result)} ${marginWords()}
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
