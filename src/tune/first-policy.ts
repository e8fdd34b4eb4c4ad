import { InputError, nearMiss } from '../core/errors.js'
import { createExtractor } from '../core/classify/features.js'
import { createHeuristic } from '../core/classify/heuristic.js'
import { heuristicSchema } from '../core/classify/heuristic-schema.js'
import { NO_OUTCOME, type LogTable, type OutcomeColumns } from '../core/log-table.js'
import { usd } from '../core/money.js'
import { compilePrices } from '../core/policy.js'
import type { PolicyFileInput } from '../core/policy-schema.js'
import type { ListedModels } from '../core/price-book.js'
import { fitPrices, type FittedPrices } from './fit-prices.js'
import { learnOutputTokens, type LearnedModel, type LearnedOutputTokens } from './learn-output-tokens.js'

export interface FirstPolicyOptions {
  readonly policyId: string
  /** Loaded with the default heuristic's extractor. */
  readonly table: LogTable
  readonly models: readonly string[]
  /** US dollars per window, such as 15000 and `1mo`. */
  readonly budget: { readonly usd: number; readonly duration: string } | undefined
  readonly priceBook: ListedModels | undefined
  /** The book's name and the day of its prices, for the policy to tell. */
  readonly prices?: PolicyFileInput['prices']
}

export interface FirstPolicy {
  readonly policy: PolicyFileInput
  /** How each part was found, for people. */
  readonly notes: readonly string[]
}

type ModelInput = PolicyFileInput['models'][number]

interface Measured {
  readonly id: string
  readonly outcome: OutcomeColumns | undefined
  readonly costNanoUsd: number | null
  readonly spec: Omit<ModelInput, 'tier'>
  /** Null: no price is known. */
  readonly priceFrom: string | null
}

/** Fewer requests that every model answered say too little of which is better. */
const FEWEST_SHARED = 50

/** A quality difference below this is no reason for another tier. */
const TIER_STEP = 0.01

/** A policy to start from: prices and limits by model, tiers by quality where it is known, boundaries by demand. */
export function firstPolicy(options: FirstPolicyOptions): FirstPolicy {
  const { table, models, budget } = options
  const learned = learnOutputTokens(
    table,
    models.map((id) => listedPrices(options, id)),
  )
  const measured = models.map((id) => measure(options, id, learned))
  const shared = sharedQuality(table, measured)
  const labelled = shared.requests >= FEWEST_SHARED
  const tiers = labelled ? tiersByQuality(shared.means) : tiersByCost(measured)
  const topTier = Math.max(...tiers)
  const boundaries = tierBoundaries(table, measured, tiers, labelled)
  const policy: PolicyFileInput = {
    $schema: './node_modules/tollgate/dist/policy.schema.json',
    formatVersion: 1,
    policyId: options.policyId,
    description: `First policy, made from ${table.size} requests of a log; tune it before you trust it.`,
    seed: 1,
    ...(options.prices === undefined ? {} : { prices: options.prices }),
    models: measured.map(({ spec }, index) => ({ ...spec, tier: tiers[index] ?? 0 })),
    classifier: { kind: 'heuristic', heuristic: heuristicSchema.parse({}) },
    tierBoundaries: boundaries,
    selector: { kind: 'cheapestCapable' },
    reservation: { mode: 'worstCase' },
    budgets: budget === undefined ? [] : [orgBudget(budget)],
  }
  return {
    policy,
    notes: [
      ...notes({ measured, tiers, labelled, topTier, boundaries, shared: shared.requests }),
      outputNote(learned),
      ...textNote(table),
    ],
  }
}

function listedPrices({ priceBook }: FirstPolicyOptions, id: string): LearnedModel {
  const pricing = priceBook?.(id)?.pricing
  if (pricing === undefined) return { id, prices: undefined }
  const { perRequest = 0, priceTiers = [] } = pricing
  return { id, prices: compilePrices({ ...pricing, currency: 'USD', perRequest, priceTiers }) }
}

function measure(
  { table, priceBook }: FirstPolicyOptions,
  id: string,
  { byModel }: LearnedOutputTokens,
): Measured {
  const outcome = table.outcomes.find(({ model }) => model === id)
  const listed = priceBook?.(id)
  if (outcome === undefined && listed === undefined) {
    const known = table.outcomes.map(({ model }) => model)
    const near = nearMiss(id, known)
    const hint = near === undefined ? `the log has ${known.join(', ')}` : `did you mean ${near}?`
    throw new InputError(
      `nothing is known of the model ${id}: no outcome in the log, no price in a price book; ${hint}`,
    )
  }
  const fitted = outcome === undefined || listed !== undefined ? undefined : fitPrices(outcome)
  const costNanoUsd = meanOf(outcome?.costNanoUsd)
  return {
    id,
    outcome,
    costNanoUsd,
    spec: modelSpec(id, outcome, { listed, fitted, costNanoUsd, table, outputTokens: byModel.get(id) }),
    priceFrom:
      listed !== undefined
        ? 'price book'
        : fitted !== undefined
          ? `the log's own costs and tokens`
          : costNanoUsd !== null
            ? 'mean cost in the log only'
            : null,
  }
}

interface Known {
  readonly listed: ReturnType<ListedModels>
  readonly fitted: FittedPrices | undefined
  readonly costNanoUsd: number | null
  readonly table: LogTable
  readonly outputTokens: ModelInput['outputTokens']
}

function modelSpec(id: string, outcome: OutcomeColumns | undefined, known: Known): Omit<ModelInput, 'tier'> {
  const { outputTokens } = known
  const latencyMs = meanOf(outcome?.latencyMs)
  const pricing = known.listed?.pricing ?? known.fitted
  return {
    id,
    ...(known.listed ?? {}),
    ...(outcome === undefined ? {} : seenInLog(known.table, outcome, known.listed?.capabilities ?? [])),
    ...(outputTokens === undefined ? {} : { expectedOutputTokens: outputTokens.mean, outputTokens }),
    ...(latencyMs === null ? {} : { expectedLatencyMs: Math.round(latencyMs) }),
    ...(pricing === undefined ? {} : { pricing }),
    ...(pricing === undefined && known.costNanoUsd !== null
      ? { expectedCostUsd: usd(Math.round(known.costNanoUsd)) }
      : {}),
  }
}

/** What the log shows of a model: needs that it served, and tokens that its provider adds to the input. */
function seenInLog(
  table: LogTable,
  outcome: OutcomeColumns,
  listed: readonly string[],
): Pick<ModelInput, 'capabilities' | 'inputOverheadTokens'> {
  const capabilities = new Set(listed)
  const overheads: number[] = []
  let beyondBound = 0
  for (let row = 0; row < table.size; row++) {
    if (outcome.basis[row] === NO_OUTCOME) continue
    const needs = table.needs.values[table.needs.codes[row] ?? -1]
    for (const need of needs === undefined ? [] : (JSON.parse(needs) as string[])) capabilities.add(need)
    const input = outcome.inputTokens[row] ?? -1
    const bound = table.inputTokensBound[row] ?? -1
    if (input < 0) continue
    overheads.push(input - (table.inputTokensEstimate[row] ?? 0))
    if (bound >= 0) beyondBound = Math.max(beyondBound, input - bound)
  }
  const median = overheads.sort((a, b) => a - b)[overheads.length >> 1] ?? 0
  return { capabilities: [...capabilities], inputOverheadTokens: Math.max(0, median, beyondBound) }
}

/** Mean of the known values (integers below 0 and NaN are unknown); null when there are none. */
function meanOf(column: Float64Array | Int32Array | undefined): number | null {
  let sum = 0
  let count = 0
  for (const value of column ?? []) {
    if (!(value >= 0)) continue
    sum += value
    count++
  }
  return count === 0 ? null : sum / count
}

interface SharedQuality {
  /** Requests with a known quality of every model. */
  readonly requests: number
  /** In the order of the models, over those requests. */
  readonly means: readonly number[]
}

/** Means over different requests are not comparable: the dear model often got the hard ones. */
function sharedQuality(table: LogTable, models: readonly Measured[]): SharedQuality {
  const columns = models.map(({ outcome }) => outcome?.quality)
  const sums = new Array<number>(models.length).fill(0)
  let requests = 0
  for (let row = 0; row < table.size; row++) {
    const values = columns.map((column) => column?.[row] ?? NaN)
    if (values.some(Number.isNaN)) continue
    requests++
    values.forEach((value, index) => (sums[index] = (sums[index] ?? 0) + value))
  }
  return { requests, means: sums.map((sum) => sum / Math.max(1, requests)) }
}

/** Ascending quality; a model opens a new tier when it is clearly better than the best of the tier below. */
function tiersByQuality(means: readonly number[]): number[] {
  return ranked(means, (value, floor) => value > floor + TIER_STEP)
}

/** Without labels the price stands for capability: a guess, and said to be one. */
function tiersByCost(models: readonly Measured[]): number[] {
  const costOf = ({ spec, costNanoUsd }: Measured): number =>
    spec.pricing?.completionPer1m ?? (costNanoUsd ?? 0) / 1e9
  return ranked(models.map(costOf), (value, floor) => value > floor * 1.25)
}

function ranked(values: readonly number[], isAbove: (value: number, floor: number) => boolean): number[] {
  const valueOf = (index: number): number => values[index] ?? 0
  const order = values.map((_, index) => index).sort((a, b) => valueOf(a) - valueOf(b))
  const tiers = new Array<number>(values.length).fill(0)
  let tier = 0
  let floor = valueOf(order[0] ?? 0)
  for (const index of order) {
    const value = valueOf(index)
    if (isAbove(value, floor)) {
      tier++
      floor = value
    }
    tiers[index] = tier
  }
  return tiers
}

/**
 * Boundaries that send to each tier the share of requests which need it: those that no lower tier answered acceptably.
 * Without labels every tier gets the same share.
 */
function tierBoundaries(
  table: LogTable,
  models: readonly Measured[],
  tiers: readonly number[],
  labelled: boolean,
): number[] {
  const topTier = Math.max(...tiers)
  const difficulties = difficultiesOf(table)
  const needed = labelled
    ? shareBelow(table, models, tiers)
    : Array.from({ length: topTier }, (_, tier) => (tier + 1) / (topTier + 1))
  return needed.map((share) => {
    const index = Math.min(difficulties.length - 1, Math.floor(share * difficulties.length))
    return Number((difficulties[index] ?? 0.5).toFixed(4))
  })
}

function difficultiesOf(table: LogTable): number[] {
  const spec = heuristicSchema.parse({})
  const classifier = createHeuristic({ kind: 'heuristic', heuristic: spec })
  const columns = createExtractor(spec).names.length === table.features.length ? table.features : []
  return [...classifier.difficulties(columns, table.size)]
    .filter((_, row) => !Number.isNaN(columns[0]?.[row] ?? NaN))
    .sort((a, b) => a - b)
}

/**
 * By tier but the top: share of the requests with a known quality of every model that some model of at most that tier
 * answered with a quality of at least 0.5.
 */
function shareBelow(table: LogTable, models: readonly Measured[], tiers: readonly number[]): number[] {
  const topTier = Math.max(...tiers)
  const counts = new Array<number>(topTier).fill(0)
  let requests = 0
  for (let row = 0; row < table.size; row++) {
    if (models.some(({ outcome }) => Number.isNaN(outcome?.quality[row] ?? NaN))) continue
    requests++
    const enough = models.map(({ outcome }, index) =>
      (outcome?.quality[row] ?? 0) >= 0.5 ? (tiers[index] ?? 0) : Infinity,
    )
    const lowest = Math.min(...enough)
    for (let tier = 0; tier < topTier; tier++) if (lowest <= tier) counts[tier] = (counts[tier] ?? 0) + 1
  }
  return counts.map((count) => count / Math.max(1, requests))
}

function orgBudget({
  usd: maxBudget,
  duration,
}: NonNullable<FirstPolicyOptions['budget']>): NonNullable<PolicyFileInput['budgets']>[number] {
  return { id: 'org', scope: 'org', maxBudget, window: { kind: 'fixed', budgetDuration: duration } }
}

interface NoteInput {
  readonly measured: readonly Measured[]
  readonly tiers: readonly number[]
  readonly labelled: boolean
  readonly topTier: number
  readonly boundaries: readonly number[]
  /** Requests with a known quality of every model. */
  readonly shared: number
}

function notes({ measured, tiers, labelled, topTier, boundaries, shared }: NoteInput): string[] {
  const prices = measured.map(({ id, priceFrom, spec }) => {
    const price =
      spec.pricing === undefined
        ? ''
        : `: $${spec.pricing.promptPer1m} in, $${spec.pricing.completionPer1m} out per 1M tokens`
    return priceFrom === null ? `${id}: no price known` : `${id}: price from ${priceFrom}${price}`
  })
  const unpriced = measured.filter(({ spec }) => spec.pricing === undefined).map(({ id }) => id)
  return [
    ...prices,
    labelled
      ? `tiers from the quality on the ${shared} requests where it is known for every model: ${tierText(measured, tiers)}`
      : `tiers from price, since only ${shared} requests have the quality of every model (${FEWEST_SHARED} are needed): ${tierText(measured, tiers)}. Price is a guess at capability`,
    ...(topTier === 0
      ? ['all models are in one tier: the cheapest takes everything, and there is nothing to route']
      : [
          `tier boundaries ${boundaries.join(', ')} from the share of requests that ${labelled ? 'need each tier' : 'each tier gets (equal shares)'}`,
        ]),
    ...(unpriced.length === 0
      ? []
      : [
          `no price is known for ${unpriced.join(', ')}: under a budget they are refused (unknownPrice); give --prices FILE or write pricing into the policy`,
        ]),
  ]
}

function outputNote({ outcomes, counted, fromCost }: LearnedOutputTokens): string {
  if (counted === 0)
    return 'no output tokens are known: expectedOutputTokens is the default, and quantiles cannot be reserved'
  const estimated = fromCost === 0 ? '' : `, for ${fromCost} of them by what their cost pays for`
  return `output tokens by model and task learned from the ${counted} of ${outcomes} outcomes where they are known${estimated}`
}

/** Without text every request has the same difficulty. */
function textNote(table: LogTable): string[] {
  const hasText = table.features.some((column) => column.some((value) => !Number.isNaN(value)))
  const isAssessed = table.assessedDifficulty.some((value) => !Number.isNaN(value))
  return hasText || isAssessed ? [] : ['requests have no text: this policy cannot tell them apart']
}

function tierText(measured: readonly Measured[], tiers: readonly number[]): string {
  return measured.map(({ id }, index) => `${id} = ${tiers[index]}`).join(', ')
}
