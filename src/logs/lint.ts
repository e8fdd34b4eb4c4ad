import type { LogTable, OutcomeColumns } from '../core/log-table.js'
import { NO_OUTCOME } from '../core/log-table.js'
import type { CostMismatch } from './cost-mismatch.js'
import type { ComputedCosts } from './store-prices.js'

/** One thing about a log that makes its figures weaker than they look. `count` says how much of it is concerned. */
export interface LintWarning {
  readonly code: string
  readonly message: string
  readonly count: number
}

/** What the columns do not show: how the log came about. */
export interface StoreFacts {
  readonly rejects: Readonly<Record<string, number>>
  /** Values that a later file or row replaced by different ones. */
  readonly conflicts: number
  /** Requests that the log has no time for. */
  readonly untimed: number
  /** Requests whose text was measured and not kept (`--redact`). */
  readonly redacted: number
  /** The rules of `--quality`, as they were named at import. */
  readonly qualityRules: readonly string[]
  /** Qualities by where they come from; '' where the log names no source. */
  readonly qualitySources: Readonly<Record<string, number>>
  /** The price book by which costs were computed, where there was one. */
  readonly prices?: ComputedCosts | undefined
  /** Recorded costs that are not usage x price of that book, by model. */
  readonly costMismatches?: readonly CostMismatch[]
}

/** Everything a reader should know before trusting figures of this log; in order of weight. Empty = nothing found. */
export function lint(table: LogTable, facts: StoreFacts): readonly LintWarning[] {
  return RULES.map((rule) => rule(table, facts)).filter((warning) => warning.count > 0)
}

type Rule = (table: LogTable, facts: StoreFacts) => LintWarning

const RULES: readonly Rule[] = [
  (table) => ({
    code: 'generated-data',
    message: 'the log says that its data are generated: its figures show the tool, not any real traffic',
    count: table.syntheticData === true ? table.size : 0,
  }),
  (table, { untimed }) => ({
    code: 'synthetic-times',
    message:
      'requests have no recorded time and got a made-up one: spend through time, budget windows and in-flight calls are not those of real traffic',
    count: table.arrivals === 'synthetic' ? Math.min(untimed, table.size) : 0,
  }),
  oneModel,
  (table) => ({
    code: 'missing-outcomes',
    message: `models of a matrix lack outcomes of some requests (${worst(table, missing)}); compare models on --complete-cases`,
    count: isMatrix(table) ? total(table, missing) : 0,
  }),
  (table) => ({
    code: 'unknown-quality',
    message: `outcomes have no known quality (${worst(table, unknownQuality)})`,
    count: total(table, unknownQuality),
  }),
  (table) => ({
    code: 'zero-cost',
    message: `outcomes cost exactly 0 (${worst(table, zeroCost)}): a free call or a cost that was not recorded? --impute-cost model-mean replaces them`,
    count: total(table, zeroCost),
  }),
  (table) => ({
    code: 'unknown-cost',
    message: `outcomes have neither a recorded cost nor token counts to price (${worst(table, unknownCost)})`,
    count: total(table, unknownCost),
  }),
  (table) => ({
    code: 'no-features',
    message: 'requests have no text and no features: classifiers that look at the prompt are blind to them',
    count: countRows(table, (row) => Number.isNaN(table.features[0]?.[row] ?? NaN)),
  }),
  (_, { redacted }) => ({
    code: 'redacted',
    message:
      'texts were measured and not kept (--redact): train, and classifiers with other keyword lists, have nothing to read',
    count: redacted,
  }),
  (table) => ({
    code: 'unknown-input-tokens',
    message: 'requests have no token count, neither counted from text nor from recorded usage',
    count: countRows(table, (row) => table.inputTokensEstimate[row] === -1),
  }),
  (table) => ({
    code: 'unbounded-input',
    message:
      'requests hold content that is not text and give no inputTokensBound: refused under worstCase reservations',
    count: countRows(
      table,
      (row) => table.inputTokensEstimate[row] !== -1 && table.inputTokensBound[row] === -1,
    ),
  }),
  (_, { rejects }) => ({
    code: 'rejected-rows',
    message: `rows were rejected at import (${listCounts(rejects)}): see the table "rejects" of the log store`,
    count: Object.values(rejects).reduce((sum, n) => sum + n, 0),
  }),
  (_, { conflicts }) => ({
    code: 'conflicts',
    message:
      'values disagreed between rows of one id; the later one was kept, the earlier is in the table "conflicts"',
    count: conflicts,
  }),
]

function oneModel(table: LogTable): LintWarning {
  const calls = new Int32Array(table.outcomes.length)
  for (const model of table.chosen) if (model >= 0) calls[model] = (calls[model] ?? 0) + 1
  const used = [...calls.keys()].filter((model) => (calls[model] ?? 0) > 0)
  const only = used.length === 1 && !isMatrix(table) ? table.outcomes[used[0] ?? 0] : undefined
  return {
    code: 'one-model',
    message: `all traffic went to ${only?.model ?? 'one model'}: the log holds no quality of any other model`,
    count: only === undefined ? 0 : (calls[used[0] ?? 0] ?? 0),
  }
}

/** True when requests usually have outcomes of more than one model. */
function isMatrix(table: LogTable): boolean {
  const outcomes = total(table, present)
  return outcomes > 1.5 * table.size
}

type OutcomeCount = (outcome: OutcomeColumns, row: number) => boolean

const present: OutcomeCount = ({ basis }, row) => basis[row] !== NO_OUTCOME
const missing: OutcomeCount = ({ basis }, row) => basis[row] === NO_OUTCOME
const unknownQuality: OutcomeCount = (outcome, row) =>
  present(outcome, row) && Number.isNaN(outcome.quality[row])
const zeroCost: OutcomeCount = (outcome, row) => present(outcome, row) && outcome.costNanoUsd[row] === 0
const unknownCost: OutcomeCount = (outcome, row) =>
  present(outcome, row) &&
  Number.isNaN(outcome.costNanoUsd[row]) &&
  (outcome.inputTokens[row] === -1 || outcome.outputTokens[row] === -1)

function total(table: LogTable, is: OutcomeCount): number {
  return table.outcomes.reduce((sum, outcome) => sum + (inUse(outcome) ? ofModel(table, outcome, is) : 0), 0)
}

/** A filter may leave models without any outcome: they are no part of the log then. */
function inUse({ basis }: OutcomeColumns): boolean {
  return basis.some((one) => one !== NO_OUTCOME)
}

function ofModel(table: LogTable, outcome: OutcomeColumns, is: OutcomeCount): number {
  return countRows(table, (row) => is(outcome, row))
}

/** The models concerned most, so that a count over all of them can be acted on. */
function worst(table: LogTable, is: OutcomeCount): string {
  const counts = table.outcomes
    .filter(inUse)
    .map((outcome) => ({ model: outcome.model, count: ofModel(table, outcome, is) }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
  const shown = counts.slice(0, 3).map(({ model, count }) => `${model} ${count}`)
  return [...shown, ...(counts.length > 3 ? [`${counts.length - 3} more models`] : [])].join(', ')
}

function countRows(table: LogTable, is: (row: number) => boolean): number {
  let count = 0
  for (let row = 0; row < table.size; row++) if (is(row)) count++
  return count
}

function listCounts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([reason, n]) => `${reason} ${n}`)
    .join(', ')
}
