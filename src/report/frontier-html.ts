import type { Point } from '../metrics/result.js'
import type { ClassifierFrontier, SimulatedCascade } from '../tune/frontier.js'
import { classifierFrontierChart } from './charts/classifier-frontier.js'
import { figure, name, table, type Column } from './elements.js'
import {
  FAILURE_PRICED_HEADS,
  failurePricedCells,
  FRONTIER_WORDS,
  frontierNotes,
  frontierSentences,
  frontierWarningLines,
  gainText,
  savingText,
  SIMULATED,
  SIMULATED_HEADS,
  simulatedCells,
  type FrontierReport,
} from './findings/frontier.js'
import { count, money, percent, plainName } from './format.js'
import { html, type Markup } from './markup.js'
import { moneyScale, scaled } from './monthly.js'
import { page } from './page.js'
import { banner } from './sections/answer.js'

/** Each classifier's frontier as one HTML page. The same result gives the same page. */
export async function renderFrontierHtml(report: FrontierReport): Promise<string> {
  return page({
    title: `Frontier report: ${plainName(report.log.path)}`,
    heading: 'Does routing beat a fixed mix of models?',
    sub: html`Recorded outcomes of ${plainName(report.log.path)}`,
    banner: banner({ log: report.log }),
    contents: CONTENTS.filter(([id]) => id !== 'simulated' || report.simulatedCascades !== undefined),
    sections: [
      answerSection(report),
      await chartSection(report),
      tableSection(report),
      ...simulatedSection(report),
      evidenceSection(report),
    ],
  }).text
}

const CONTENTS = [
  ['answer', 'The answer'],
  ['charts', 'Cost against quality'],
  ['rows', 'All classifiers'],
  ['simulated', 'Simulated cascades'],
  ['evidence', 'Evidence'],
] as const

function answerSection(report: FrontierReport): Markup {
  const [lead = '', ...others] = frontierSentences(report)
  return html`<section id="answer" aria-labelledby="answer-h">
    <h2 id="answer-h">The answer</h2>
    <p class="lead">${lead}</p>
    ${others.map((text) => html`<p>${text}</p>`)}
    ${frontierWarningLines(report).map((text) => html`<p><strong>${text}</strong></p>`)}
  </section>`
}

async function chartSection(report: FrontierReport): Promise<Markup> {
  const chart = classifierFrontierChart(report)
  const title = 'Every classifier under all its settings, beside the single models and the best possible'
  return html`<section id="charts" aria-labelledby="charts-h">
    <h2 id="charts-h">Cost against quality</h2>
    <p>
      Up is better, left is cheaper. A classifier above the line of the single models beats every fixed mix of
      them at its cost; on it or below it could be replaced by one.
    </p>
    ${await figure({ title, chart, data: pointTable(report) })}
  </section>`
}

interface PointRow extends Point {
  readonly of: string
}

function pointTable({ singles, oracle, classifiers }: FrontierReport): Markup {
  const rows: readonly PointRow[] = [
    ...singles.map((point) => ({ ...point, of: 'single model' })),
    ...(oracle === null ? [] : [{ ...oracle, of: 'oracle' }]),
    ...classifiers.flatMap(({ kind, points }) => points.map((point) => ({ ...point, of: kind }))),
  ]
  return table({
    caption: 'Mean cost per 1,000 requests and mean quality',
    rows,
    columns: [
      { head: 'Of', kind: 'words', cell: (row) => row.of },
      { head: 'Name or setting', kind: 'words', cell: (row) => name(row.label) },
      { head: 'Cost', kind: 'number', cell: (row) => money(row.costUsd * 1000) },
      { head: 'Quality', kind: 'number', cell: (row) => percent(row.quality) },
    ],
  })
}

function tableSection(report: FrontierReport): Markup {
  const scale = moneyScale(report)
  const number = (head: string, cell: (row: ClassifierFrontier) => string): Column<ClassifierFrontier> => ({
    head,
    kind: 'number',
    cell,
  })
  return html`<section id="rows" aria-labelledby="rows-h">
    <h2 id="rows-h">All classifiers</h2>
    ${table({
      caption: 'At the setting that was chosen where it was learned; 95 % intervals in brackets',
      rows: report.classifiers,
      isFeatured: ({ verdict }) => verdict === 'skill',
      columns: [
        { head: 'Classifier', kind: 'words', cell: ({ kind }) => kind },
        { head: 'Verdict', kind: 'words', cell: ({ verdict }) => verdict },
        number(`Cost ${scale.head}`, ({ chosen }) => money(scaled(chosen.costUsd, scale))),
        number('Quality', ({ chosen }) => percent(chosen.quality)),
        number('Over hull', ({ gainOverHull }) => gainText(gainOverHull)),
        number('Over task hull', ({ gainOverTaskHull: gain }) =>
          gain === null ? 'no tasks' : gainText(gain),
        ),
        number('Shuffled', ({ shuffledRows }) => gainText(shuffledRows)),
        number('Saving', (row) => savingText(row.savingAtMatchedQuality)),
        number('Within 1', (row) => savingText(row.savingWithinOnePoint)),
      ],
    })}
    ${failurePricedTable(report)}
    <dl class="facts">
      ${FRONTIER_WORDS.map(
        ([term, meaning]) =>
          html`<dt>${term}</dt>
            <dd>${meaning}</dd>`,
      )}
    </dl>
  </section>`
}

function failurePricedTable({ classifiers }: FrontierReport): Markup | null {
  if (classifiers.every(({ failurePriced }) => failurePriced === undefined)) return null
  return table({
    caption: 'Cost and wrong answers together, at the price of a wrong answer that was given',
    rows: classifiers,
    columns: [
      { head: 'Classifier', kind: 'words', cell: ({ kind }: ClassifierFrontier) => kind },
      ...FAILURE_PRICED_HEADS.map((head, i) => ({
        head,
        kind: 'number' as const,
        cell: (row: ClassifierFrontier) => failurePricedCells(row)[i] ?? '',
      })),
    ],
  })
}

function simulatedSection(report: FrontierReport): Markup[] {
  const { simulatedCascades } = report
  if (simulatedCascades === undefined) return []
  return [
    html`<section id="simulated" aria-labelledby="simulated-h">
      <h2 id="simulated-h">Simulated cascades</h2>
      <p>${SIMULATED}.</p>
      ${table({
        caption: 'At the quality of the best single model, by the share of answers that the scorer misjudges',
        rows: simulatedCascades,
        columns: SIMULATED_HEADS.map((head, i) => ({
          head,
          kind: i === SIMULATED_HEADS.length - 1 ? ('words' as const) : ('number' as const),
          cell: (row: SimulatedCascade) => simulatedCells(row, report)[i] ?? '',
        })),
      })}
    </section>`,
  ]
}

function evidenceSection(report: FrontierReport): Markup {
  const { log } = report
  return html`<section id="evidence" aria-labelledby="evidence-h">
    <h2 id="evidence-h">Evidence</h2>
    <ul>
      ${frontierNotes(report).map((text) => html`<li>${text}</li>`)}
    </ul>
    <dl class="facts">
      <dt>Log</dt>
      <dd>${name(log.path)}, ${count(log.requests)} requests (<code>${plainName(log.hash)}</code>)</dd>
    </dl>
  </section>`
}
