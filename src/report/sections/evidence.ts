import type { Comparison, RunMetrics } from '../../metrics/result.js'
import { name, table, withNote } from '../elements.js'
import { BY_SESSION, EVIDENCE_WORDS } from '../findings/words.js'
import { count, listed, percent, percentInterval, plainName, sentenceName, time } from '../format.js'
import { estimatorTable } from './estimators.js'
import { html, type Markup } from '../markup.js'
import { logLint } from './log-lint.js'
import { pricesBlock } from './prices.js'

/** What every figure rests on: the log, what of it is recorded and what estimated, how intervals were made. */
export function evidenceSection(comparison: Comparison): Markup {
  const { log, runs, baseline, filters, qualityUnit } = comparison
  const sentences = evidenceSentences(runs)
  return html`<section id="evidence" aria-labelledby="evidence-h">
    <h2 id="evidence-h">What the result rests on</h2>
    <dl class="facts">
      <dt>Log</dt>
      <dd>
        ${name(log.path)}, ${count(log.requests)} requests, ${count(log.models)}
        models${log.syntheticData ? html` <strong>(synthetic data)</strong>` : null}
      </dd>
      <dt>Period</dt>
      <dd>
        ${log.from === null || log.to === null ? 'unknown' : `${time(log.from)} to ${time(log.to)}`}${log.arrivals === 'synthetic' ? html` <strong>(synthetic arrivals)</strong>` : null}
      </dd>
      <dt>Evidence</dt>
      <dd>${EVIDENCE_WORDS[log.evidence]}</dd>
      ${
        log.qualityRules === undefined
          ? null
          : html`<dt>Quality</dt>
              <dd>by the rules ${name(log.qualityRules.join(', '))}, named at import</dd>`
      }
      ${
        qualityUnit === undefined
          ? null
          : html`<dt>Quality</dt>
              <dd>${BY_SESSION}</dd>`
      }
      <dt>Baseline</dt>
      <dd>${name(baseline.label)} (${plainName(baseline.rule)})</dd>
      <dt>Requests used</dt>
      <dd>${filters.length === 0 ? 'all' : filters.map(plainName).join(', ')}</dd>
      <dt>Seed</dt>
      <dd>${comparison.seed}</dd>
    </dl>
    ${
      sentences.length === 0
        ? null
        : html`<ul>
            ${sentences.map((sentence) => html`<li>${plainName(sentence)}</li>`)}
          </ul>`
    }
    ${table({ caption: 'Shares of the offered requests, and how the intervals were made', rows: runs, columns: COLUMNS })}
    ${runs.map(estimatorTable)} ${logLint(comparison.provenance)} ${pricesBlock(comparison)}
    <p class="sub">
      Intervals hold for this traffic: they say how much the figures would move with other requests of the
      same kind, not what other months bring.
    </p>
  </section>`
}

/** Each sentence once, with the policies that it holds for where it does not hold for all. */
function evidenceSentences(runs: readonly RunMetrics[]): string[] {
  const holders = new Map<string, string[]>()
  for (const { policyId, evidence } of runs) {
    for (const sentence of new Set(evidence.sentences)) {
      holders.set(sentence, [...(holders.get(sentence) ?? []), sentenceName(policyId)])
    }
  }
  return [...holders].map(([sentence, names]) =>
    names.length === runs.length ? sentence : `${listed(names)}: ${sentence}`,
  )
}

const COLUMNS = [
  { head: 'Policy', kind: 'words' as const, cell: (run: RunMetrics) => name(run.policyId) },
  { head: 'Quality is', kind: 'words' as const, cell: (run: RunMetrics) => html`${howKnown(run)}` },
  { head: 'Outcome known', kind: 'number' as const, cell: (run: RunMetrics) => percent(run.knownShare) },
  {
    head: 'No outcome',
    kind: 'number' as const,
    cell: (run: RunMetrics) => percent(run.evidence.noOutcomeShare),
  },
  {
    head: 'Off trajectory',
    kind: 'number' as const,
    cell: ({ offTrajectoryShare: share }: RunMetrics) => (share === undefined ? '–' : percent(share)),
  },
  {
    head: 'Cost estimated',
    kind: 'number' as const,
    cell: (run: RunMetrics) => percent(run.evidence.costEstimatedShare),
  },
  {
    head: 'Latency estimated',
    kind: 'number' as const,
    cell: (run: RunMetrics) => percent(run.evidence.latencyEstimatedShare),
  },
  {
    head: 'Quality if unknown were 0 and 1',
    kind: 'number' as const,
    cell: (run: RunMetrics) => percentInterval(run.evidence.qualityBounds),
  },
  { head: 'Resampled', kind: 'words' as const, cell: (run: RunMetrics) => resampling(run) },
]

function howKnown({ evidence: { identification } }: RunMetrics): string {
  return identification === undefined || identification === 'recorded' ? 'looked up' : identification
}

function resampling({ evidence: { resampling: made } }: RunMetrics): Markup {
  const units = `${count(made.units)} ${plainName(made.unit)}, ${count(made.replicates)} replicates`
  if (made.note === null) return html`${units}`
  // Why there is none is one of the sentences above.
  return made.replicates === 0 ? withNote('no interval', units) : withNote(units, plainName(made.note))
}
