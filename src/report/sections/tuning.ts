import type { Comparison, TuneEstimate, Tuning } from '../../metrics/result.js'
import { promisedHeldOutChart } from '../charts/promised-held-out.js'
import { figure, name, noted, table } from '../elements.js'
import { count, money, moneyInterval, percent, percentInterval, plainName, points } from '../format.js'
import { html, type Markup } from '../markup.js'
import { scaled, scaledInterval, type MoneyScale } from '../monthly.js'

/** What the search promised beside what unseen requests gave: the gap is what choosing the best of many invents. */
export async function tuningSection({ tuning }: Comparison, scale: MoneyScale): Promise<Markup | null> {
  if (tuning === null) return null
  const chart = promisedHeldOutChart(tuning)
  return html`<section id="tuning" aria-labelledby="tuning-h">
    <h2 id="tuning-h">The tuned policy: promised and held out</h2>
    <p>
      ${count(tuning.candidates)} candidates were tried for “${plainName(tuning.objective)}” subject to
      ${tuning.constraints.length === 0 ? 'nothing' : tuning.constraints.map(plainName).join(', ')}. The best
      of many always looks better than it is, so trust the held-out line.
    </p>
    ${estimatesTable(tuning, scale)}
    ${chart === null ? null : await figure({ title: 'Promised and held out', chart, data: frontierTable(tuning) })}
    <dl class="facts">
      <dt>Split</dt>
      <dd>
        ${plainName(tuning.split.rule)}: ${count(tuning.split.tune)} requests to search on,
        ${count(tuning.split.validate)} to choose on, ${count(tuning.split.test)} held out
      </dd>
      <dt>Policy file</dt>
      <dd>${name(tuning.file)} (<code>${plainName(tuning.contentHash)}</code>)</dd>
    </dl>
  </section>`
}

/** A difference of money: dearer is `+`. */
function signed(usd: number | null): string {
  return usd !== null && usd > 0 ? `+${money(usd)}` : money(usd)
}

interface Row {
  readonly name: string
  readonly of: TuneEstimate
}

function estimatesTable({ promised, heldOut }: Tuning, scale: MoneyScale): Markup {
  const rows: Row[] = [
    { name: 'Promised, on the requests it was chosen on', of: promised },
    { name: 'Held out, on requests it had never seen', of: heldOut },
  ]
  const gap = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : b - a)
  const caption = `Held out minus promised: quality ${points(gap(promised.quality, heldOut.quality))}, cost ${signed(scaled(gap(promised.costUsd, heldOut.costUsd), scale))} ${scale.unit}`
  return table({
    caption,
    rows,
    columns: [
      { head: 'Figure', kind: 'words', cell: (row) => row.name },
      {
        head: `Cost ${scale.head}`,
        kind: 'number',
        cell: ({ of }) =>
          noted(money(scaled(of.costUsd, scale)), moneyInterval(scaledInterval(of.costInterval, scale))),
      },
      {
        head: 'Quality',
        kind: 'number',
        cell: ({ of }) => noted(percent(of.quality), percentInterval(of.qualityInterval)),
      },
    ],
  })
}

function frontierTable({ frontier }: Tuning): Markup {
  return table({
    caption: 'Best candidates on the validation part, per 1,000 requests',
    rows: frontier,
    columns: [
      { head: 'Candidate', kind: 'words', cell: (point) => name(point.label) },
      { head: 'Cost', kind: 'number', cell: (point) => money(point.costUsd * 1000) },
      { head: 'Quality', kind: 'number', cell: (point) => percent(point.quality) },
    ],
  })
}
