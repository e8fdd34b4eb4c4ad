import type { LogSummary } from '../metrics/result.js'
import type { PriceChange, WhatIfResult, WhatIfRow } from '../tune/what-if/what-if.js'
import { name, table, type Column } from './elements.js'
import {
  breakEvenSentence,
  contenderName,
  costChange,
  priceText,
  qualityChange,
  unservedText,
  whatIfNotes,
  whatIfSentence,
} from './findings/what-if.js'
import { count, money, percent, plainName } from './format.js'
import { html, type Markup } from './markup.js'
import { page } from './page.js'
import { banner } from './sections/answer.js'

/** The log under a change next to today's, as one HTML page. The same result gives the same page. */
export async function renderWhatIfHtml(
  log: LogSummary,
  result: WhatIfResult,
  notes: readonly string[],
): Promise<string> {
  return page({
    title: `What-if report: ${plainName(log.path)}`,
    heading: 'What if',
    sub: html`${plainName(log.path)}, today and under the change`,
    banner: banner({ log }),
    contents: CONTENTS.filter(([id]) => id !== 'prices' || result.priceChanges.length > 0),
    sections: [
      answer(result),
      rowsSection(result),
      ...(result.priceChanges.length === 0 ? [] : [pricesSection(result)]),
      evidence(log, result, notes),
    ],
  }).text
}

const CONTENTS = [
  ['answer', 'The answer'],
  ['rows', 'Today and then'],
  ['prices', 'Prices'],
  ['evidence', 'Evidence'],
] as const

function answer(result: WhatIfResult): Markup {
  const breakEven = breakEvenSentence(result)
  return html`<section id="answer" aria-labelledby="answer-h">
    <h2 id="answer-h">The answer</h2>
    <p class="lead">${whatIfSentence(result)}</p>
    ${breakEven === null ? null : html`<p>${breakEven}</p>`}
  </section>`
}

function number(head: string, cell: (row: WhatIfRow) => string): Column<WhatIfRow> {
  return { head, kind: 'number', cell }
}

function rowsSection({ rows, bestChanged }: WhatIfResult): Markup {
  return html`<section id="rows" aria-labelledby="rows-h">
    <h2 id="rows-h">Today and then</h2>
    ${table({
      caption: 'Every policy and each of its models alone; the best under the change stands out',
      rows,
      isFeatured: (row: WhatIfRow) => row.name === bestChanged,
      columns: [
        { head: 'Who is asked', kind: 'words', cell: contenderName } satisfies Column<WhatIfRow>,
        number('Cost today', ({ today }) => (today === null ? '' : money(today.costUsd))),
        number('Then', ({ changed }) => (changed === null ? '' : money(changed.costUsd))),
        number('A request', ({ today, changed }) => costChange(today, changed)),
        number('Quality today', ({ today }) => (today === null ? '' : percent(today.quality))),
        number('Then', ({ changed }) => (changed === null ? '' : percent(changed.quality))),
        number('Points', ({ today, changed }) => qualityChange(today, changed)),
        number('Refused today', ({ today }) => unservedText(today)),
        number('Then', ({ changed }) => unservedText(changed)),
      ],
    })}
  </section>`
}

function pricesSection({ priceChanges }: WhatIfResult): Markup {
  const words = (head: string, cell: (row: PriceChange) => string): Column<PriceChange> => ({
    head,
    kind: 'words',
    cell,
  })
  return html`<section id="prices" aria-labelledby="prices-h">
    <h2 id="prices-h">Prices</h2>
    ${table({
      caption: 'What changes',
      rows: priceChanges,
      columns: [
        words('Model', ({ model }) => plainName(model)),
        words('Today', ({ today }) => priceText(today)),
        words('Then', ({ changed }) => priceText(changed)),
      ],
    })}
  </section>`
}

function evidence(log: LogSummary, result: WhatIfResult, notes: readonly string[]): Markup {
  return html`<section id="evidence" aria-labelledby="evidence-h">
    <h2 id="evidence-h">Evidence</h2>
    <ul>
      ${[...whatIfNotes(result), ...notes.map(plainName)].map((text) => html`<li>${text}</li>`)}
    </ul>
    <dl class="facts">
      <dt>Log</dt>
      <dd>${name(log.path)}, ${count(log.requests)} requests (<code>${plainName(log.hash)}</code>)</dd>
    </dl>
  </section>`
}
