import type { LogTable, OutcomeColumns } from '../../core/log-table.js'
import { NO_OUTCOME } from '../../core/log-table.js'
import type { CostMismatch } from '../cost-mismatch.js'
import type { ComputedCosts } from '../store-prices.js'
import { changePoints } from './change-points.js'
import type { CostUnit } from './cost-units.js'
import { addTo, EXAMPLES, NONE, nothingFound, type Found } from './found.js'
import type { RowOrder } from './row-order.js'
import { sameAnswers } from './same-answers.js'
import type { TextFacts } from './text-facts.js'

/** One thing about a log that makes its figures weaker than they look. `count` says how much of it is concerned. */
export interface LintWarning {
  readonly code: string
  readonly message: string
  readonly count: number
}

/** The same with what to do about it. */
export interface LintFinding extends LintWarning {
  /** Ids of requests that are concerned, at most five; empty where it is no matter of requests. */
  readonly examples: readonly string[]
  /** What it does to results. */
  readonly effect: string
  readonly wayOut: string
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
  /** Models whose recorded costs are in another unit than that book's. */
  readonly costUnits?: readonly CostUnit[]
  /** Answers that were judged twice, and differently. */
  readonly judgeNoise?: Found
  /** Models that the book does not know. */
  readonly unknownNames?: readonly string[]
  /** Names that the book knows as one model. */
  readonly sameEntries?: readonly { readonly entry: string; readonly models: readonly string[] }[]
  readonly texts?: TextFacts
  readonly rowOrders?: readonly (RowOrder & { readonly file: string })[]
}

/** Everything a reader should know before trusting figures of this log; in order of weight. Empty = nothing found. */
export function lint(table: LogTable, facts: StoreFacts): readonly LintFinding[] {
  const context = { table, facts }
  return RULES.flatMap((rule) => rule(context)).filter(({ count }) => count > 0)
}

interface Context {
  readonly table: LogTable
  readonly facts: StoreFacts
}

type Rule = (context: Context) => LintFinding | readonly LintFinding[]

const RULES: readonly Rule[] = [
  ({ table }) => ({
    code: 'generated-data',
    message: 'the log says that its data are generated: its figures show the tool, not any real traffic',
    ...all(table.syntheticData === true ? table.size : 0),
    effect: 'every figure is an illustration',
    wayOut: 'import a log of your own',
  }),
  ({ table, facts: { untimed } }) => ({
    code: 'synthetic-times',
    message:
      'requests have no recorded time and got a made-up one: spend through time, budget windows and in-flight calls are not those of real traffic',
    ...all(table.arrivals === 'synthetic' ? Math.min(untimed, table.size) : 0),
    effect: 'costs and qualities hold; what budgets do through time does not',
    wayOut: 'log times, or lay a real trace over the log: import --arrivals FILE',
  }),
  ({ facts: { costUnits = [] } }) =>
    costUnits.map(({ model, factor, count, unit }) => ({
      code: 'cost-unit',
      message:
        unit === 'cents'
          ? `costs of ${model} are 100 times usage x price: they are cents`
          : `costs of ${model} are ${factor.toPrecision(3)} times usage x price throughout: another currency, a markup, or another price`,
      count,
      examples: [],
      effect: 'every saving is off by that factor, and budgets hold for other money',
      wayOut:
        unit === 'cents' ? '--fix writes dollars' : 'import with --rate, or with the prices that you pay',
    })),
  ({ facts: { costMismatches = [], costUnits = [] } }) =>
    costMismatches
      .filter(
        ({ model, differing, both }) =>
          differing > 0.01 * both && !costUnits.some((one) => one.model === model),
      )
      .map(({ model, both, differing, meanRatio, rule }) => ({
        code: 'cost-mismatch',
        message: `recorded costs of ${model} are not usage x price of the book in ${differing} of ${both} outcomes${meanRatio === null ? '' : `, ${meanRatio.toPrecision(3)} times it on average`} (found as: ${rule})`,
        count: differing,
        examples: [],
        effect: 'recorded costs count, and policies reserve by prices: caps may be passed or money left',
        wayOut: 'a book of the right day (--prices FILE@DATE), or --price-as MODEL=ENTRY',
      })),
  changedModels,
  ({ table }) =>
    sameAnswers(table).map(({ models, shared, examples }) => ({
      code: 'same-answers',
      message: `${models[0]} and ${models[1]} have the same quality, cost and tokens wherever both have an outcome: two names of one model`,
      count: shared,
      examples,
      effect: 'a router seems to choose between models where there is nothing to choose',
      wayOut: 'leave one of the names out of the policy, or import with one name (--map)',
    })),
  ({ facts: { sameEntries = [] } }) =>
    sameEntries.map(({ entry, models }) => ({
      code: 'one-model-two-names',
      message: `${models.join(' and ')} are ${entry} of the price book`,
      count: models.length,
      examples: [],
      effect: 'their outcomes are counted apart, each with fewer requests than there are',
      wayOut: '--fix writes them under one name',
    })),
  oneModel,
  ({ table }) => ({
    code: 'missing-outcomes',
    message: `models of a matrix lack outcomes of some requests (${worst(table, missing)}); compare models on --complete-cases`,
    ...(isMatrix(table) ? total(table, missing) : NONE),
    effect: 'models are compared on different requests, and the hard ones may be missing',
    wayOut: '--complete-cases',
  }),
  ({ table }) => ({
    code: 'unknown-quality',
    message: `outcomes have no known quality (${worst(table, unknownQuality)})`,
    ...total(table, unknownQuality),
    effect: 'qualities are bounds, or none at all',
    wayOut: 'import labels: --quality names the rule, a file with the same ids adds them',
  }),
  ({ facts: { judgeNoise = NONE } }) => ({
    code: 'judge-noise',
    message: 'answers were judged more than once, and differently; the later judgement counts',
    ...judgeNoise,
    effect: 'quality is less sure than its interval says, by as much as its judges disagree',
    wayOut: 'the table "conflicts" has both; import one judge, or the mean of several',
  }),
  ({ table }) => ({
    code: 'zero-cost',
    message: `outcomes cost exactly 0 (${worst(table, zeroCost)}): a free call or a cost that was not recorded? --impute-cost model-mean replaces them`,
    ...total(table, zeroCost),
    effect: 'models look cheaper than they are, and routing to them free',
    wayOut: '--fix makes them unknown where the model costs something elsewhere; --impute-cost model-mean',
  }),
  ({ table }) => ({
    code: 'unknown-cost',
    message: `outcomes have neither a recorded cost nor token counts to price (${worst(table, unknownCost)})`,
    ...total(table, unknownCost),
    effect: 'their costs are what the planner expects, or unknown',
    wayOut: 'import with token counts and --prices FILE, or --impute-cost model-mean',
  }),
  ({ table }) => ({
    code: 'missing-usage',
    message: `outcomes have a cost and no token counts (${worst(table, missingUsage)})`,
    ...total(table, missingUsage),
    effect: 'they cannot be priced anew, nor their lengths learned: reservations stand on other outcomes',
    wayOut: 'log usage as the provider answers it',
  }),
  ({ facts: { unknownNames = [] } }) => ({
    code: 'unknown-models',
    message: `the price book does not know ${unknownNames.slice(0, 3).join(', ')}${unknownNames.length > 3 ? ` and ${unknownNames.length - 3} more` : ''}`,
    ...all(unknownNames.length),
    effect: 'what their calls should have cost is not computed',
    wayOut: '--price-as MODEL=ENTRY names the entry of the book',
  }),
  ({ table }) => ({
    code: 'no-features',
    message: 'requests have no text and no features: classifiers that look at the prompt are blind to them',
    ...rowsWhere(table, (row) => Number.isNaN(table.features[0]?.[row] ?? NaN)),
    effect: 'policies by difficulty treat them as the hardest',
    wayOut: 'import prompts (--queries FILE), or log with logText "features"',
  }),
  ({ facts: { redacted } }) => ({
    code: 'redacted',
    message:
      'texts were measured and not kept (--redact): train, and classifiers with other keyword lists, have nothing to read',
    ...all(redacted),
    effect: 'the features of the import are all that classifiers see',
    wayOut: 'import again without --redact where the text may be kept',
  }),
  ({ facts: { texts } }) => ({
    code: 'truncated-texts',
    message: `prompts end in mid-sentence at the same ${texts?.truncated.length ?? 0} characters, the longest of the log: whoever logged them cut them off`,
    ...(texts?.truncated ?? NONE),
    effect: 'token counts are too low, and classifiers judge by the beginning alone',
    wayOut: 'log whole prompts, or inputTokensEstimate beside the cut text',
  }),
  ({ facts: { texts } }) => ({
    code: 'repeated-requests',
    message:
      'requests repeat a text that the same user or session sent within the minute before: retries, or duplicates',
    ...(texts?.repeated ?? NONE),
    effect: 'retries count as demand, and their requests weigh double in every mean',
    wayOut: 'import --quality retry takes a retry as a sign that the first answer failed',
  }),
  ({ facts: { texts } }) =>
    Object.entries(texts?.personal ?? {}).map(([kind, found]) => ({
      code: 'personal-data',
      message: `prompts seem to hold ${kind}`,
      ...found,
      effect: 'the store and reports with prompts are personal data, too',
      wayOut: 'import --redact keeps features and hashes and no text',
    })),
  ({ table }) => ({
    code: 'unknown-input-tokens',
    message: 'requests have no token count, neither counted from text nor from recorded usage',
    ...rowsWhere(table, (row) => table.inputTokensEstimate[row] === -1),
    effect: 'under budgets they are refused, or charged their reservation',
    wayOut: 'log prompts or usage',
  }),
  ({ table }) => ({
    code: 'unbounded-input',
    message:
      'requests hold content that is not text and give no inputTokensBound: refused under worstCase reservations',
    ...rowsWhere(table, (row) => table.inputTokensEstimate[row] !== -1 && table.inputTokensBound[row] === -1),
    effect: 'a worstCase policy refuses them',
    wayOut: 'log inputTokensBound with them',
  }),
  ({ table }) => ({
    code: 'odd-times',
    message: 'requests have a time before 2018: a clock that was not set, or seconds taken for milliseconds',
    ...rowsWhere(
      table,
      (row) => table.arrivals === 'logged' && (table.at[row] as number) < BEFORE_ALL_MODELS,
    ),
    effect: 'budget windows and the span of the log are wrong',
    wayOut: 'mend the times, or leave the rows out: --where',
  }),
  ({ facts: { rowOrders = [] } }) =>
    rowOrders.map(({ file, otherZone, zoneHours }) => ({
      code: 'mixed-time-zones',
      message: `rows of ${file} lie whole half hours off the rows around them, most of them ${zoneHours} h: times of several zones, written as if they were of one`,
      ...otherZone,
      effect: 'hours of the day, budget windows and calls in flight are wrong by that much',
      wayOut: 'write the zone with every time (2026-11-02T09:00:00+01:00), and import again',
    })),
  ({ facts: { rowOrders = [] } }) =>
    rowOrders.map(({ file, outOfOrder }) => ({
      code: 'clock-skew',
      message: `rows of ${file} ended more than a minute before the rows ahead of them began, and the file is in order of time but for them: a clock that is off, or rows that were written late`,
      ...outOfOrder,
      effect:
        'requests are replayed in order of their times, not of the file: sessions and budgets may see them too early or too late',
      wayOut: 'mend the clock of the host that wrote them; if they were only written late, nothing is wrong',
    })),
  ({ facts: { rejects } }) => ({
    code: 'rejected-rows',
    message: `rows were rejected at import (${listCounts(rejects)}): see the table "rejects" of the log store`,
    ...all(Object.values(rejects).reduce((sum, n) => sum + n, 0)),
    effect: 'they are in no figure',
    wayOut: 'the table "rejects" has file, line, reason and row; mend them and import again',
  }),
  ({ facts: { conflicts } }) => ({
    code: 'conflicts',
    message:
      'values disagreed between rows of one id; the later one was kept, the earlier is in the table "conflicts"',
    ...all(conflicts),
    effect: 'figures depend on which file came last',
    wayOut: 'give calls ids of their own, or import one source',
  }),
]

/** 2018-01-01: no large language model was for sale. */
const BEFORE_ALL_MODELS = 1_514_764_800_000

function all(count: number): Found {
  return { count, examples: [] }
}

function changedModels({ table }: Context): LintFinding[] {
  return changePoints(table).map(({ model, what, at, before, after, outcomes, examples }) => {
    const show = (value: number): string =>
      what === 'quality' ? `${(100 * value).toFixed(1)} %` : `$${Number(value.toPrecision(3))}`
    return {
      code: 'changed-model',
      message: `the ${what} of ${model} went from ${show(before)} to ${show(after)} at ${new Date(at).toISOString().slice(0, 10)}, under the same name`,
      count: outcomes,
      examples,
      effect: 'a mean over both is true of neither, and what was learned before does not hold after',
      wayOut: `take what came since: --where 'at>=${new Date(at).toISOString().slice(0, 10)}'`,
    }
  })
}

function oneModel({ table }: Context): LintFinding {
  const calls = new Int32Array(table.outcomes.length)
  for (const model of table.chosen) if (model >= 0) calls[model] = (calls[model] ?? 0) + 1
  const used = [...calls.keys()].filter((model) => (calls[model] ?? 0) > 0)
  const isOpen = used.length === 1 && !isMatrix(table) && table.sampled === undefined
  const only = isOpen ? table.outcomes[used[0] ?? 0] : undefined
  return {
    code: 'one-model',
    message: `all traffic went to ${only?.model ?? 'one model'}: the log holds no quality of any other model`,
    ...all(only === undefined ? 0 : (calls[used[0] ?? 0] ?? 0)),
    effect: 'what other models would have answered is unknown',
    wayOut: 'ask other models a sample of the requests (tollgate sample, then import --attach), or explore',
  }
}

/** True when requests usually have outcomes of more than one model. */
function isMatrix(table: LogTable): boolean {
  return total(table, present).count > 1.5 * table.size
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
const missingUsage: OutcomeCount = (outcome, row) =>
  present(outcome, row) &&
  !Number.isNaN(outcome.costNanoUsd[row]) &&
  outcome.inputTokens[row] === -1 &&
  outcome.outputTokens[row] === -1

function total(table: LogTable, is: OutcomeCount): Found {
  const found = table.outcomes.filter(inUse).map((outcome) => ofModel(table, outcome, is))
  return {
    count: found.reduce((sum, { count }) => sum + count, 0),
    examples: [...new Set(found.flatMap(({ examples }) => examples))].slice(0, EXAMPLES),
  }
}

/** A filter may leave models without any outcome: they are no part of the log then. */
function inUse({ basis }: OutcomeColumns): boolean {
  return basis.some((one) => one !== NO_OUTCOME)
}

function ofModel(table: LogTable, outcome: OutcomeColumns, is: OutcomeCount): Found {
  return rowsWhere(table, (row) => is(outcome, row))
}

/** The models concerned most, so that a count over all of them can be acted on. */
function worst(table: LogTable, is: OutcomeCount): string {
  const counts = table.outcomes
    .filter(inUse)
    .map((outcome) => ({ model: outcome.model, count: ofModel(table, outcome, is).count }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
  const shown = counts.slice(0, 3).map(({ model, count }) => `${model} ${count}`)
  return [...shown, ...(counts.length > 3 ? [`${counts.length - 3} more models`] : [])].join(', ')
}

function rowsWhere({ size, ids }: LogTable, is: (row: number) => boolean): Found {
  const found = nothingFound()
  for (let row = 0; row < size; row++) if (is(row)) addTo(found, ids[row] ?? '')
  return found
}

function listCounts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([reason, n]) => `${reason} ${n}`)
    .join(', ')
}
