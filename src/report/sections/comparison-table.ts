import type { Comparison, RunMetrics } from '../../metrics/result.js'
import { name, noted, table, withNote, type Column } from '../elements.js'
import { marked } from '../findings/estimated.js'
import { savedShare } from '../../metrics/savings.js'
import type { Headline } from '../findings/headline.js'
import { capsShort } from '../findings/words.js'
import {
  count,
  duration,
  money,
  moneyInterval,
  percent,
  percentInterval,
  plainName,
  plural,
  points,
  pointsInterval,
} from '../format.js'
import { html, type Markup } from '../markup.js'
import { scaled, scaledInterval, type MoneyScale } from '../monthly.js'

export function comparisonSection({ runs, faults }: Comparison, { scale, featured }: Headline): Markup {
  const isFeatured = (run: RunMetrics): boolean => run === featured?.run
  return html`<section id="comparison" aria-labelledby="comparison-h">
    <h2 id="comparison-h">The policies compared</h2>
    ${table({ caption: `Cost (${scale.unit}) and quality, with 95 % intervals`, rows: runs, columns: costColumns(scale, runs[0]), isFeatured })}
    ${descriptions(runs)}
    ${table({ caption: 'Service, budgets and latency', rows: runs, columns: faults === undefined ? SERVICE_COLUMNS : FAULTY_COLUMNS, isFeatured })}
    ${table({ caption: 'Does it pick models better than chance?', rows: runs, columns: SKILL_COLUMNS, isFeatured })}
    <p class="sub">
      “No evidence” is no reproach: saving money with a cheaper single model or a fixed mix is fine, and is
      then what it is. “Yes” means that the lower 95 % limit of its gain is above 0 against both the hull of
      single models and its own decisions shuffled. Refused requests count as unserved in quality, and money
      not spent on them is not called a saving.
    </p>
  </section>`
}

function descriptions(runs: readonly RunMetrics[]): Markup | null {
  const described = runs.filter((run) => run.description !== null)
  if (described.length === 0) return null
  return html`<details>
    <summary>What the policies are</summary>
    <dl class="facts">
      ${described.map(
        (run) =>
          html`<dt>${name(run.policyId)}</dt>
            <dd>${plainName(run.description ?? '')}</dd>`,
      )}
    </dl>
  </details>`
}

const POLICY_COLUMN: Column<RunMetrics> = {
  head: 'Policy',
  kind: 'words',
  cell: (run) => name(run.policyId),
}

function costColumns(scale: MoneyScale, baseline: RunMetrics | undefined): Column<RunMetrics>[] {
  return [
    {
      ...POLICY_COLUMN,
      cell: (run) =>
        run === baseline
          ? withNote(name(run.policyId), run.policyId === 'baseline' ? '' : 'the baseline')
          : name(run.policyId),
    },
    {
      head: `Cost ${scale.head}`,
      kind: 'number',
      cell: (run) =>
        noted(
          marked(run, money(scaled(run.meanCostUsd, scale))),
          moneyInterval(scaledInterval(run.costCi, scale)),
        ),
    },
    {
      head: 'Saved by routing',
      kind: 'number',
      cell: (run) =>
        run === baseline ? '–' : noted(percent(savedShare(run)), percentInterval(run.savingsCi)),
    },
    {
      head: 'Not spent by refusing',
      kind: 'number',
      cell: (run) => money(perOffered(run.avoidedByRefusing, run, scale)),
    },
    {
      head: 'Quality',
      kind: 'number',
      cell: (run) => noted(percent(run.quality), percentInterval(run.qualityCi)),
    },
    {
      head: 'Against baseline',
      kind: 'number',
      cell: (run) => (run === baseline ? '–' : againstBaseline(run)),
    },
    { head: 'Quality of served', kind: 'number', cell: (run) => percent(run.qualityServed) },
    { head: 'Known', kind: 'number', cell: (run) => percent(run.knownShare) },
  ]
}

/** With too few requests known under both there is no difference, but there are bounds. */
function againstBaseline(run: RunMetrics): Markup {
  if (run.qualityDelta !== null) return noted(points(run.qualityDelta), pointsInterval(run.qualityDeltaCi))
  return withNote('unknown', `bounds ${pointsInterval(run.qualityDeltaBounds)}`)
}

function perOffered(total: number | null, run: RunMetrics, scale: MoneyScale): number | null {
  return total === null || run.offered === 0 ? null : (total / run.offered) * scale.requests
}

function shareOf(part: (run: RunMetrics) => number): (run: RunMetrics) => Markup {
  return (run) => withNote(count(part(run)), run.offered === 0 ? 'unknown' : percent(part(run) / run.offered))
}

const SERVICE_COLUMNS: readonly Column<RunMetrics>[] = [
  POLICY_COLUMN,
  { head: 'Served', kind: 'number', cell: shareOf((run) => run.served) },
  { head: 'Downgraded', kind: 'number', cell: shareOf((run) => run.downgraded) },
  { head: 'Cut short', kind: 'number', cell: shareOf((run) => run.truncated) },
  {
    head: 'Deferred',
    kind: 'number',
    cell: (run) =>
      withNote(count(run.deferred), run.deferred === 0 ? '' : `median ${duration(run.delayMs?.p50)}`),
  },
  { head: 'Refused', kind: 'number', cell: shareOf((run) => run.rejected) },
  { head: 'Unresolved', kind: 'number', cell: (run) => count(run.unresolved) },
  {
    head: 'Latency, median',
    kind: 'number',
    cell: (run) => withNote(duration(run.latencyMs.p50), latencyNote(run)),
  },
  { head: 'Caps', kind: 'words', cell: (run) => caps(run) },
]

/** Served, refused, unresolved and unanswered are then all that was offered. */
const FAULTY_COLUMNS: readonly Column<RunMetrics>[] = SERVICE_COLUMNS.flatMap((column) =>
  column.head === 'Unresolved'
    ? [column, { head: 'Unanswered', kind: 'number', cell: (run) => count(run.faults?.unanswered) }]
    : [column],
)

/** Latencies that mostly are the policy file's own guess are no measurement. */
function latencyNote(run: RunMetrics): string {
  const estimated = run.evidence.latencyEstimatedShare > 0.5 ? ', estimated' : ''
  return `p95 ${duration(run.latencyMs.p95)}${estimated}`
}

function caps(run: RunMetrics): Markup {
  const text = capsShort(run.budget)
  return run.budget.violations > 0 ? html`<span class="verdict warn">${text}</span>` : html`${text}`
}

const SKILL_COLUMNS: readonly Column<RunMetrics>[] = [
  POLICY_COLUMN,
  {
    head: 'Routing skill',
    kind: 'words',
    cell: (run) =>
      withNote(
        html`<span class="verdict ${run.routingSkill === 'yes' ? 'good' : ''}">${run.routingSkill}</span>`,
        plainName(run.routingSkillBecause),
      ),
  },
  {
    head: 'Gain over the hull',
    kind: 'number',
    cell: ({ gainOverHull: { points: gain, ci } }) => noted(points(gain), pointsInterval(ci)),
  },
  {
    head: 'Gain over shuffled decisions',
    kind: 'number',
    cell: ({ control }) =>
      control.gain === null
        ? 'unknown'
        : withNote(
            noted(points(control.gain), pointsInterval(control.gainCi)),
            shuffles(control.permutations),
          ),
  },
]

function shuffles(permutations: number | 'all'): string {
  if (permutations === 'all') return 'all orders, computed exactly'
  return permutations === 0 ? '' : plural(permutations, 'shuffle')
}
