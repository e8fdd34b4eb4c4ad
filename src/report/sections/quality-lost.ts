import type { QualityLost, TaskLoss } from '../../metrics/quality-lost.js'
import type { Comparison, RunMetrics } from '../../metrics/result.js'
import { folded, name, table, type Column } from '../elements.js'
import { CAUSE_WORDS, lostSentence } from '../findings/quality-lost.js'
import { count, percent, points } from '../format.js'
import { html, type Markup } from '../markup.js'
import type { Prompts } from '../prompts.js'
import { worstRequests, type WorstOptions } from './worst-requests.js'

/** Where answers got worse than the baseline's, why, and the requests where it went most wrong. Null in older results. */
export function qualityLostSection(
  { runs, charts, log }: Comparison,
  featuredIndex: number,
  prompts: Prompts,
): Markup | null {
  if (charts.every(({ qualityLost }) => qualityLost === undefined)) return null
  const known = runs.flatMap((run, index) => {
    const lost = charts[index]?.qualityLost ?? null
    return lost === null ? [] : [{ run, lost, isFirst: index === featuredIndex }]
  })
  const shown = { prompts, hasTimes: log.arrivals === 'logged' }
  const [first, ...others] = [...known].sort((a, b) => Number(b.isFirst) - Number(a.isFirst))
  const body =
    first === undefined
      ? html`<p>
          Unknown: the log holds no quality of both the baseline’s and another policy’s answer to one request.
        </p>`
      : html`${runTable(known)}
          <h3>${name(first.run.policyId)}</h3>
          ${block(first.lost, { ...shown, isOpen: true })}
          ${others.map(({ run, lost }) => folded(html`Quality lost under ${name(run.policyId)}`, block(lost, { ...shown, isOpen: false })))}`
  return html`<section id="lost" aria-labelledby="lost-h">
    <h2 id="lost-h">What quality was lost</h2>
    ${body}
  </section>`
}

interface Known {
  readonly run: RunMetrics
  readonly lost: QualityLost
  readonly isFirst: boolean
}

function runTable(rows: readonly Known[]): Markup {
  return table({
    caption: 'Answers beside the baseline’s, request by request, where both are known',
    rows,
    isFeatured: ({ isFirst }) => isFirst,
    columns: [
      { head: 'Policy', kind: 'words', cell: ({ run }) => name(run.policyId) },
      ...LOSS_COLUMNS.map(({ cell, ...column }): Column<Known> => ({
        ...column,
        cell: ({ lost }) => cell(lost),
      })),
    ],
  })
}

type Loss = Omit<TaskLoss, 'task'>

const LOSS_COLUMNS: readonly Column<Loss>[] = [
  { head: 'Requests', kind: 'number', cell: ({ compared }) => count(compared) },
  { head: 'Worse', kind: 'number', cell: (loss) => share(loss.worse, loss) },
  { head: 'Better', kind: 'number', cell: (loss) => share(loss.better, loss) },
  {
    head: 'Difference of quality',
    kind: 'number',
    cell: ({ compared, lost, gained }) => points(compared === 0 ? null : (gained - lost) / compared),
  },
]

function share(part: number, { compared }: Loss): string {
  return part === 0 ? '0' : `${count(part)} (${percent(part / compared)})`
}

function block(lost: QualityLost, options: WorstOptions): Markup {
  return html`<p>${lostSentence(lost)}</p>
    ${lost.byCause.length < 2 ? onlyCause(lost) : causeTable(lost)}
    ${lost.byTask.length < 2 ? null : taskTable(lost)}${worstRequests(lost.worst, options)}`
}

function onlyCause({ byCause: [only] }: QualityLost): Markup | null {
  return only === undefined ? null : html`<p>The reason is the same for all: ${CAUSE_WORDS[only.cause]}.</p>`
}

function causeTable({ byCause, worse }: QualityLost): Markup {
  return table({
    caption: 'Why they are worse',
    rows: byCause,
    columns: [
      { head: 'Because', kind: 'words', cell: ({ cause }) => CAUSE_WORDS[cause] },
      { head: 'Requests', kind: 'number', cell: ({ requests }) => count(requests) },
      { head: 'Of the worse', kind: 'number', cell: ({ requests }) => percent(requests / worse) },
    ],
  })
}

function taskTable({ byTask }: QualityLost): Markup {
  return table({
    caption: 'By task, the largest loss first',
    rows: byTask,
    columns: [
      { head: 'Task', kind: 'words', cell: ({ task }) => (task === null ? 'no task said' : name(task)) },
      ...LOSS_COLUMNS,
    ],
  })
}
