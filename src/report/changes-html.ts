import type { PolicyChange, RunChanges } from '../metrics/run-changes.js'
import { policyChangesChart, type ChangeOf } from './charts/policy-changes.js'
import { figure, name, table, withNote, type Column } from './elements.js'
import {
  changeName,
  changeNotes,
  changeSentences,
  isUnchanged,
  pointsOf,
  signedMoney,
  signedMoneyInterval,
  signedShare,
} from './findings/changes.js'
import { count, money, percent, plainName, points, pointsInterval } from './format.js'
import { html, type Markup } from './markup.js'
import { moneyScale, scaled, scaledInterval } from './monthly.js'
import { page } from './page.js'
import { banner } from './sections/answer.js'

/** Two stored runs of the same requests as one HTML page. The same runs give the same page. */
export async function renderChangesHtml(changes: RunChanges): Promise<string> {
  const { log, from, to } = changes
  return page({
    title: `Two runs compared: ${plainName(log.path)}`,
    heading: 'What changed between two runs',
    sub: html`${plainName(log.path)}, run ${plainName(from.runId)} and then run ${plainName(to.runId)}`,
    banner: banner({ log }),
    contents: CONTENTS,
    sections: [answer(changes), await chartsSection(changes), tableSection(changes), evidence(changes)],
  }).text
}

const CONTENTS = [
  ['answer', 'The answer'],
  ['charts', 'How far each policy moved'],
  ['rows', 'All figures'],
  ['evidence', 'Evidence'],
] as const

function answer(changes: RunChanges): Markup {
  const [lead = '', ...others] = changeSentences(changes)
  return html`<section id="answer" aria-labelledby="answer-h">
    <h2 id="answer-h">The answer</h2>
    <p class="lead">${lead}</p>
    ${others.map((text) => html`<p>${text}</p>`)}
  </section>`
}

/** Policies that did the same are left out: they would be dots on the line. */
async function chartsSection({ policies }: RunChanges): Promise<Markup> {
  const changed = policies.filter((policy) => !isUnchanged(policy))
  const drawn = await Promise.all(
    (['cost', 'quality'] as const).map(async (of) => {
      const chart = policyChangesChart(changed, of)
      return chart === null ? null : figure({ title: TITLES[of], chart, data: null })
    }),
  )
  return html`<section id="charts" aria-labelledby="charts-h">
    <h2 id="charts-h">How far each policy moved</h2>
    ${
      drawn.every((one) => one === null)
        ? html`<p>No policy moved, or nothing is known of how far.</p>`
        : html`<p>Second run minus first. An interval that crosses the dashed line shows no difference.</p>
            ${drawn}`
    }
  </section>`
}

const TITLES: Readonly<Record<ChangeOf, string>> = {
  cost: 'Cost: left is cheaper',
  quality: 'Quality: right is better',
}

function tableSection(changes: RunChanges): Markup {
  const scale = moneyScale(changes)
  const number = (head: string, cell: Column<PolicyChange>['cell']): Column<PolicyChange> => ({
    head,
    kind: 'number',
    cell,
  })
  return html`<section id="rows" aria-labelledby="rows-h">
    <h2 id="rows-h">All figures</h2>
    ${table({
      caption: 'First run, second run, and second minus first over the same requests, with 95 % intervals',
      rows: changes.policies,
      columns: [
        { head: 'Policy', kind: 'words', cell: (row) => name(changeName(row)) },
        number(`Cost ${scale.head}, first`, ({ meanCostUsd }) => money(scaled(meanCostUsd.from, scale))),
        number('Second', ({ meanCostUsd }) => money(scaled(meanCostUsd.to, scale))),
        number('Change', ({ meanCostUsd, costShare }) =>
          withNote(
            `${signedMoney(scaled(meanCostUsd.change, scale))}, ${signedShare(costShare.change)}`,
            meanCostUsd.ci === null ? '' : signedMoneyInterval(scaledInterval(meanCostUsd.ci, scale)),
          ),
        ),
        number('Quality, first', ({ quality }) => percent(quality.from)),
        number('Second', ({ quality }) => percent(quality.to)),
        number('Change', ({ quality }) =>
          withNote(points(quality.change), quality.ci === null ? '' : pointsOf(quality.ci)),
        ),
        number('Served', ({ servedShare }) =>
          withNote(points(servedShare.change), servedShare.ci === null ? '' : pointsInterval(servedShare.ci)),
        ),
      ],
    })}
  </section>`
}

function evidence(changes: RunChanges): Markup {
  const { log, from, to } = changes
  return html`<section id="evidence" aria-labelledby="evidence-h">
    <h2 id="evidence-h">Evidence</h2>
    <ul>
      ${changeNotes(changes).map((text) => html`<li>${text}</li>`)}
    </ul>
    <dl class="facts">
      <dt>Log</dt>
      <dd>${name(log.path)}, ${count(log.requests)} requests (<code>${plainName(log.hash)}</code>)</dd>
      <dt>Again</dt>
      <dd><code>tollgate report --run ${plainName(from.runId)} --run ${plainName(to.runId)}</code></dd>
    </dl>
  </section>`
}
