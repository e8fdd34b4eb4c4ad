import type { LogTable } from '../core/log-table.js'
import { NO_OUTCOME } from '../core/log-table.js'

/** How much a log can prove (DESIGN section 6); the metrics say which it is. */
export type Evidence = 'full-matrix' | 'logged-propensity' | 'logged-deterministic' | 'cost-only'

/** What a log can and cannot tell, and what to do about it. */
export interface Answer {
  readonly question: string
  readonly can: boolean
  readonly because: string
}

/** From this share of requests on, a gap is a footnote and not another kind of log. */
const NEARLY_ALL = 0.95

/** The questions people come with, each with yes or no for this log. */
export function answers(table: LogTable, evidence: Evidence): readonly Answer[] {
  return [
    costAnswer(table),
    otherCostAnswer(table),
    qualityAnswer(table, evidence),
    budgetAnswer(table),
    difficultyAnswer(table),
    latencyAnswer(table),
  ]
}

function costAnswer(table: LogTable): Answer {
  const question = 'What does this traffic cost today?'
  const chosen = shareOfRows(table, (row) => (table.chosen[row] ?? -1) >= 0)
  if (chosen === 0) {
    return no(question, 'the log does not say which model was called; name a baseline: --baseline model:ID')
  }
  const known = shareOfRows(table, (row) => isPriced(table, table.chosen[row] ?? -1, row))
  if (known < NEARLY_ALL) {
    return no(question, `${only(known)} of requests have a recorded cost or token counts of the call made`)
  }
  return yes(question, `${percent(known)} of requests have a recorded cost or token counts of the call made`)
}

function otherCostAnswer(table: LogTable): Answer {
  const question = 'What would other models have cost?'
  const several = shareOfRows(table, (row) => modelsWithCost(table, row) >= 2)
  if (several >= NEARLY_ALL)
    return yes(question, `${percent(several)} of requests have the cost of several models`)
  if (several === 0 && !anyCost(table)) {
    return no(
      question,
      'no cost and no pair of token counts is recorded; give prices in the policy (tollgate init --prices FILE), and import token columns',
    )
  }
  const counted = shareOfRows(table, (row) => table.inputTokensEstimate[row] !== -1)
  if (counted >= NEARLY_ALL) {
    return yes(
      question,
      'from token counts and the prices in the policy; output lengths of other models are estimated',
    )
  }
  return no(
    question,
    `${only(counted)} of requests have token counts; import the prompts (--queries) or token columns`,
  )
}

function qualityAnswer(table: LogTable, evidence: Evidence): Answer {
  const question = 'What quality would another policy have kept?'
  if (evidence === 'full-matrix') {
    const share = shareOfRows(table, (row) => modelsWithQuality(table, row) >= 2)
    return yes(question, `${percent(share)} of requests have the quality of several models`)
  }
  if (evidence === 'logged-propensity') {
    if (table.sampled !== undefined) return sampledAnswer(table, question)
    return yes(
      question,
      'one call a request, drawn with recorded probabilities: estimates are possible, with wide intervals',
    )
  }
  const sample =
    'tollgate sample draws requests to run on the other models, and import --attach takes their answers'
  if (evidence === 'cost-only')
    return no(question, `no outcome has a quality; add labels (quality in [0, 1]), or ${sample}`)
  const several = shareOfRows(table, (row) => modelsWithQuality(table, row) >= 2)
  if (table.chosen.every((model) => model < 0) || several >= NEARLY_ALL) {
    const all = shareOfRows(table, (row) => modelsWithQuality(table, row) === table.outcomes.length)
    if (several > 0) {
      return no(
        question,
        all === 0
          ? 'no request has the quality of every model; name fewer models'
          : `${percent(all)} of requests have the quality of every model; use --complete-cases or name fewer models`,
      )
    }
    return no(question, `no request has the quality of several models; ${sample}`)
  }
  const { model, share } = mostCalled(table)
  return no(
    question,
    `${percent(share)} of the traffic went to ${model}, so the log holds no quality of the others on these requests; ${sample}`,
  )
}

function sampledAnswer({ sampled, size }: LogTable, question: string): Answer {
  const drawn = sampled?.probability.reduce((sum, chance) => (chance > 0 ? sum + 1 : sum), 0) ?? 0
  return yes(
    question,
    `${sampled?.models.join(', ') ?? ''} answered a sample of ${drawn} of the ${size} requests, drawn with known chances: policies over these and the models called are estimated, with intervals`,
  )
}

function budgetAnswer(table: LogTable): Answer {
  const question = 'Would every budget have held?'
  if (table.arrivals === 'synthetic') {
    return no(
      question,
      'times are made up: a replay shows the mechanism, not your traffic; import a log with "at"',
    )
  }
  const labels = Object.keys(table.labels)
  if (labels.length === 0)
    return yes(question, 'times are logged; there are no labels, so only budgets over all traffic')
  return yes(question, `times are logged, and labels for budgets by ${labels.join(', ')}`)
}

function difficultyAnswer(table: LogTable): Answer {
  const question = 'Can a router tell easy requests from hard ones?'
  const seen = shareOfRows(
    table,
    (row) => !Number.isNaN(table.features[0]?.[row] ?? NaN) || !Number.isNaN(table.assessedDifficulty[row]),
  )
  if (seen >= NEARLY_ALL)
    return yes(
      question,
      `${percent(seen)} of requests have a prompt, features or an assessment; replay shows how well`,
    )
  return no(
    question,
    `${only(seen)} of requests have a prompt, features or an assessment; import the prompts (--queries)`,
  )
}

function latencyAnswer(table: LogTable): Answer {
  const question = 'What would users have waited?'
  const known = shareOfRows(table, (row) =>
    table.outcomes.some(({ latencyMs }) => !Number.isNaN(latencyMs[row])),
  )
  if (known >= NEARLY_ALL) return yes(question, `${percent(known)} of requests have a recorded latency`)
  return no(
    question,
    `${only(known)} of requests have a recorded latency; the policy's expectedLatencyMs stands in`,
  )
}

function modelsWithQuality(table: LogTable, row: number): number {
  return countModels(table, (model) => !Number.isNaN(table.outcomes[model]?.quality[row] ?? NaN))
}

function modelsWithCost(table: LogTable, row: number): number {
  return countModels(table, (model) => isPriced(table, model, row))
}

function anyCost(table: LogTable): boolean {
  return table.outcomes.some((_, model) => shareOfRows(table, (row) => isPriced(table, model, row)) > 0)
}

function isPriced(table: LogTable, model: number, row: number): boolean {
  const outcome = table.outcomes[model]
  if (outcome === undefined || outcome.basis[row] === NO_OUTCOME) return false
  if (!Number.isNaN(outcome.costNanoUsd[row])) return true
  return outcome.inputTokens[row] !== -1 && outcome.outputTokens[row] !== -1
}

function mostCalled(table: LogTable): { model: string; share: number } {
  const calls = new Int32Array(table.outcomes.length)
  for (const model of table.chosen) if (model >= 0) calls[model] = (calls[model] ?? 0) + 1
  const most = calls.indexOf(Math.max(...calls))
  return { model: table.outcomes[most]?.model ?? 'one model', share: (calls[most] ?? 0) / table.size }
}

function countModels(table: LogTable, is: (model: number) => boolean): number {
  let count = 0
  for (let model = 0; model < table.outcomes.length; model++) if (is(model)) count++
  return count
}

function shareOfRows(table: LogTable, is: (row: number) => boolean): number {
  let count = 0
  for (let row = 0; row < table.size; row++) if (is(row)) count++
  return table.size === 0 ? 0 : count / table.size
}

/** Never rounds a gap away: 100 % means all of them. */
function percent(share: number): string {
  const tenths = Math.floor(share * 1000) / 10
  return `${share === 1 ? 100 : Math.min(99.9, tenths)} %`
}

function only(share: number): string {
  return share === 0 ? 'none' : `only ${percent(share)}`
}

function yes(question: string, because: string): Answer {
  return { question, can: true, because }
}

function no(question: string, because: string): Answer {
  return { question, can: false, because }
}
