import type { EstimatorFigures, Estimators, RunMetrics } from '../../metrics/result.js'
import { name, noted, table, type Column } from '../elements.js'
import { ESTIMATOR_WORDS } from '../findings/estimates.js'
import { count, money, moneyInterval, percent, percentInterval, plainName } from '../format.js'
import { html, type Markup } from '../markup.js'

interface EstimatorRow {
  readonly words: string
  readonly isQuoted: boolean
  readonly figures: EstimatorFigures
}

const COLUMNS: readonly Column<EstimatorRow>[] = [
  {
    head: 'Estimator',
    kind: 'words',
    cell: ({ words, isQuoted }) => html`${words}${isQuoted ? html` <strong>(quoted)</strong>` : null}`,
  },
  {
    head: 'Quality',
    kind: 'number',
    cell: ({ figures }) => noted(percent(figures.quality), percentInterval(figures.qualityCi)),
  },
  {
    head: 'Cost a request',
    kind: 'number',
    cell: ({ figures }) => noted(money(figures.meanCostUsd), moneyInterval(figures.costCi)),
  },
]

/** What each estimator says of a run, and how much of what it does the log did too. Null where nothing was estimated. */
export function estimatorTable({ policyId, estimators }: RunMetrics): Markup | null {
  if (estimators === undefined || estimators.quoted === null) return null
  return html`<details>
    <summary>Estimates of ${name(policyId)} by each estimator</summary>
    ${table({ caption: `Quoted: ${plainName(estimators.quoted.toUpperCase())}, since ${plainName(estimators.because)}`, rows: rowsOf(estimators), columns: COLUMNS })}
    <p class="sub">${overlapWords(estimators)}</p>
  </details>`
}

function rowsOf(estimators: Estimators): EstimatorRow[] {
  return (Object.keys(ESTIMATOR_WORDS) as (keyof typeof ESTIMATOR_WORDS)[]).map((key) => ({
    words: ESTIMATOR_WORDS[key],
    isQuoted: key === estimators.quoted,
    figures: estimators[key],
  }))
}

function overlapWords({ overlap, ess }: Estimators): string {
  const weights = overlap.weightQuantiles
  const [median, most] = [weights.find(({ share }) => share === 0.5), weights.at(-1)]
  const sizes = `median ${median?.weight.toFixed(2) ?? 'unknown'}, largest ${most?.weight.toFixed(2) ?? 'unknown'}`
  return `The log made the same call on ${percent(overlap.sameCallShare)} of the requests; weights: ${sizes}, mean ${overlap.meanWeight?.toFixed(3) ?? 'unknown'} (1 is due); effective sample size ${count(Math.floor(ess))}.`
}
