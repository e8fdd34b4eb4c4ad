import type { Comparison, RunMetrics } from '../../metrics/result.js'
import { name, table, withNote, type Column } from '../elements.js'
import { savedShare, type Headline } from '../findings/headline.js'
import { capsShort } from '../findings/words.js'
import {
  count,
  duration,
  money,
  moneyInterval,
  percent,
  percentInterval,
  plainName,
  points,
  pointsInterval,
} from '../format.js'
import { html, type Markup } from '../markup.js'
import { scaled, scaledInterval, type MoneyScale } from '../monthly.js'

export function comparisonSection({ runs }: Comparison, { scale, featured }: Headline): Markup {
  const isFeatured = (run: RunMetrics): boolean => run === featured?.run
  return html`<section id="comparison" aria-labelledby="comparison-h">
    <h2 id="comparison-h">The policies compared</h2>
    ${table({ caption: `Cost (${scale.unit}) and quality, with 95 % intervals`, rows: runs, columns: costColumns(scale, runs[0]), isFeatured })}
    ${table({ caption: 'Service, budgets and latency', rows: runs, columns: SERVICE_COLUMNS, isFeatured })}
    ${table({ caption: 'Does it pick models better than chance?', rows: runs, columns: SKILL_COLUMNS, isFeatured })}
    <p class="sub">
      “No evidence” is no reproach: saving money with a cheaper single model or a fixed mix is fine, and is
      then what it is. “Yes” means that the lower 95 % limit of its gain is above 0 against both the hull of
      single models and its own decisions shuffled. Refused requests count as unserved in quality, and money
      not spent on them is not called a saving.
    </p>
  </section>`
}

const POLICY_COLUMN: Column<RunMetrics> = {
  head: 'Policy',
  kind: 'words',
  cell: (run) =>
    run.description === null ? name(run.policyId) : withNote(name(run.policyId), plainName(run.description)),
}

function costColumns(scale: MoneyScale, baseline: RunMetrics | undefined): Column<RunMetrics>[] {
  return [
    POLICY_COLUMN,
    {
      head: `Cost ${scale.head}`,
      kind: 'number',
      cell: (run) =>
        noted(money(scaled(run.meanCostUsd, scale)), moneyInterval(scaledInterval(run.costCi, scale))),
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

/** Why there is no interval stands once, in the evidence section; two unknowns need one word. */
function noted(value: string, interval: string): Markup {
  if (value === 'unknown' && interval === 'unknown') return html`unknown`
  if (interval !== 'unknown') return withNote(value, interval)
  return withNote(value, 'no interval')
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
  { head: 'Policy', kind: 'words', cell: (run) => name(run.policyId) },
  { head: 'Served', kind: 'number', cell: shareOf((run) => run.served) },
  { head: 'Downgraded', kind: 'number', cell: shareOf((run) => run.downgraded) },
  { head: 'Cut short', kind: 'number', cell: shareOf((run) => run.truncated) },
  {
    head: 'Deferred',
    kind: 'number',
    cell: (run) =>
      withNote(count(run.deferred), run.deferred === 0 ? '' : `median ${duration(run.deferDelayMs.p50)}`),
  },
  { head: 'Refused', kind: 'number', cell: shareOf((run) => run.rejected) },
  { head: 'Unresolved', kind: 'number', cell: (run) => count(run.unresolved) },
  {
    head: 'Latency, median',
    kind: 'number',
    cell: (run) => withNote(duration(run.latencyMs.p50), `p95 ${duration(run.latencyMs.p95)}`),
  },
  { head: 'Caps', kind: 'words', cell: (run) => caps(run) },
]

function caps(run: RunMetrics): Markup {
  const text = capsShort(run.budget)
  return run.budget.violations > 0 ? html`<span class="verdict warn">${text}</span>` : html`${text}`
}

const SKILL_COLUMNS: readonly Column<RunMetrics>[] = [
  { head: 'Policy', kind: 'words', cell: (run) => name(run.policyId) },
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
    cell: ({ gainOverHull }) => withNote(points(gainOverHull.points), pointsInterval(gainOverHull.ci)),
  },
  {
    head: 'Gain over shuffled decisions, 95 %',
    kind: 'number',
    cell: ({ control }) => withNote(pointsInterval(control.gainCi), shuffles(control.permutations)),
  },
]

function shuffles(permutations: number | 'all'): string {
  if (permutations === 'all') return 'all orders, computed exactly'
  return permutations === 0 ? '' : `${count(permutations)} shuffles`
}
