import type { LogTable, OutcomeColumns, TextColumn } from '../../core/log-table.js'
import { createByteWriter, type ByteWriter } from './bytes.js'
import { packCosts, unpackCosts, type CostColumn } from './cost-column.js'
import { packNumbers, unpackNumbers, type NumberColumn, type Numbers } from './number-column.js'

/** A column of texts: the texts themselves, and where their codes lie. */
interface PackedTexts {
  readonly values: readonly string[]
  readonly codes: NumberColumn
}

type Optional<Value> = Value | undefined

interface PackedOutcome {
  readonly model: string
  readonly basis: NumberColumn
  readonly costNanoUsd: CostColumn
  readonly quality: NumberColumn
  readonly inputTokens: NumberColumn
  readonly outputTokens: NumberColumn
  readonly cachedInputTokens?: Optional<NumberColumn>
  readonly cacheWriteTokens?: Optional<NumberColumn>
  readonly latencyMs: NumberColumn
  readonly score?: Optional<NumberColumn>
  readonly agreement?: Optional<NumberColumn>
  readonly signs?: Optional<NumberColumn>
}

/** What says of a packed table how its bytes are to be read; plain JSON. */
export interface PackedTable extends Pick<
  LogTable,
  'path' | 'hash' | 'size' | 'arrivals' | 'syntheticData' | 'requestsPerDay' | 'qualityRules'
> {
  /** Null: a request's id is the number of its row. */
  readonly ids: readonly string[] | null
  readonly at: NumberColumn
  readonly labels: Readonly<Record<string, PackedTexts>>
  readonly priority: NumberColumn
  readonly inputTokensEstimate: NumberColumn
  readonly inputTokensBound: NumberColumn
  readonly sharedPrefixTokens?: Optional<NumberColumn>
  readonly maxOutputTokens: NumberColumn
  readonly needs: PackedTexts
  readonly task: PackedTexts
  readonly assessedDifficulty: NumberColumn
  readonly serviceAssessments?: Optional<{ readonly by: PackedTexts; readonly difficulty: NumberColumn }>
  readonly assessedSuccess?: Optional<Readonly<Record<string, NumberColumn>>>
  readonly assessmentNanoUsd?: Optional<NumberColumn>
  readonly assessmentMs?: Optional<NumberColumn>
  readonly rejected?: Optional<NumberColumn>
  readonly chosen: NumberColumn
  readonly propensity: NumberColumn
  readonly propensities?: Optional<Readonly<Record<string, NumberColumn>>>
  readonly sampled?: Optional<{ readonly models: readonly string[]; readonly probability: NumberColumn }>
  readonly sessionQuality?: Optional<NumberColumn>
  readonly sessionsOpen?: Optional<NumberColumn>
  readonly outcomes: readonly PackedOutcome[]
  /** By key of an extractor: what it made of every request. */
  readonly features: Readonly<Record<string, readonly NumberColumn[]>>
}

export interface PackInput {
  readonly table: LogTable
  /** By key of an extractor: features of the same rows. */
  readonly features: ReadonlyMap<string, readonly Float64Array[]>
  /** Where something is drawn by a request's id; otherwise ids stay out, since they say nothing and take most room. */
  readonly keepIds: boolean
}

/**
 * A log table as bytes, and the plain value that says how to read them. No text of a prompt is in it: features and outcomes
 * are all that replay and metrics read. Splits are left out: the rows of one have been chosen already.
 */
export function packTable({ table, features, keepIds }: PackInput): {
  readonly head: PackedTable
  readonly bytes: Uint8Array
} {
  const writer = createByteWriter()
  const numbers = (column: Numbers): NumberColumn => packNumbers(writer, column)
  const maybe = (column: Optional<Numbers>): Optional<NumberColumn> => column && numbers(column)
  const texts = (column: TextColumn): PackedTexts => ({ values: column.values, codes: numbers(column.codes) })
  const { path, hash, size, arrivals, syntheticData, requestsPerDay, qualityRules } = table
  const { serviceAssessments, sampled } = table
  const head: PackedTable = {
    path,
    hash,
    size,
    arrivals,
    ...(syntheticData === undefined ? {} : { syntheticData }),
    ...(requestsPerDay === undefined ? {} : { requestsPerDay }),
    ...(qualityRules === undefined ? {} : { qualityRules }),
    ids: keepIds ? table.ids : null,
    at: numbers(table.at),
    labels: mapValues(table.labels, texts),
    priority: numbers(table.priority),
    inputTokensEstimate: numbers(table.inputTokensEstimate),
    inputTokensBound: numbers(table.inputTokensBound),
    sharedPrefixTokens: maybe(table.sharedPrefixTokens),
    maxOutputTokens: numbers(table.maxOutputTokens),
    needs: texts(table.needs),
    task: texts(table.task),
    assessedDifficulty: numbers(table.assessedDifficulty),
    serviceAssessments: serviceAssessments && {
      by: texts(serviceAssessments.by),
      difficulty: numbers(serviceAssessments.difficulty),
    },
    assessedSuccess: table.assessedSuccess && mapValues(table.assessedSuccess, numbers),
    assessmentNanoUsd: maybe(table.assessmentNanoUsd),
    assessmentMs: maybe(table.assessmentMs),
    rejected: maybe(table.rejected),
    chosen: numbers(table.chosen),
    propensity: numbers(table.propensity),
    propensities: table.propensities && mapValues(table.propensities, numbers),
    sampled: sampled && { models: sampled.models, probability: numbers(sampled.probability) },
    sessionQuality: maybe(table.sessionQuality),
    sessionsOpen: maybe(table.sessionsOpen),
    outcomes: table.outcomes.map((outcome) => packOutcome(writer, outcome)),
    features: Object.fromEntries([...features].map(([key, columns]) => [key, columns.map(numbers)])),
  }
  return { head, bytes: writer.bytes() }
}

function packOutcome(writer: ByteWriter, outcome: OutcomeColumns): PackedOutcome {
  const numbers = (column: Numbers): NumberColumn => packNumbers(writer, column)
  const maybe = (column: Optional<Numbers>): Optional<NumberColumn> => column && numbers(column)
  return {
    model: outcome.model,
    basis: numbers(outcome.basis),
    costNanoUsd: packCosts(writer, outcome.costNanoUsd, outcome),
    quality: numbers(outcome.quality),
    inputTokens: numbers(outcome.inputTokens),
    outputTokens: numbers(outcome.outputTokens),
    cachedInputTokens: maybe(outcome.cachedInputTokens),
    cacheWriteTokens: maybe(outcome.cacheWriteTokens),
    latencyMs: numbers(outcome.latencyMs),
    score: maybe(outcome.score),
    agreement: maybe(outcome.agreement),
    signs: maybe(outcome.signs),
  }
}

/** The table again; it has no features yet, as those belong to a policy's extractor (`unpackFeatures`). */
export function unpackTable(head: PackedTable, bytes: Uint8Array): LogTable {
  const { size, serviceAssessments, sampled } = head
  const floats = (column: NumberColumn): Float64Array => unpackNumbers(bytes, column, size)
  const integers = (column: NumberColumn): Int32Array => Int32Array.from(floats(column))
  const small = (column: NumberColumn): Uint8Array => Uint8Array.from(floats(column))
  const texts = ({ values, codes }: PackedTexts): TextColumn => ({ values, codes: integers(codes) })
  const nothing: TextColumn = { values: [], codes: new Int32Array(size).fill(-1) }
  return {
    path: head.path,
    hash: head.hash,
    size,
    arrivals: head.arrivals,
    ...(head.syntheticData === undefined ? {} : { syntheticData: head.syntheticData }),
    ...(head.requestsPerDay === undefined ? {} : { requestsPerDay: head.requestsPerDay }),
    ...(head.qualityRules === undefined ? {} : { qualityRules: head.qualityRules }),
    ids: head.ids ?? Array.from({ length: size }, (_, row) => String(row)),
    at: floats(head.at),
    labels: mapValues(head.labels, texts),
    priority: small(head.priority),
    inputTokensEstimate: integers(head.inputTokensEstimate),
    inputTokensBound: integers(head.inputTokensBound),
    sharedPrefixTokens: head.sharedPrefixTokens && integers(head.sharedPrefixTokens),
    maxOutputTokens: integers(head.maxOutputTokens),
    needs: texts(head.needs),
    task: texts(head.task),
    split: nothing,
    features: [],
    assessedDifficulty: floats(head.assessedDifficulty),
    serviceAssessments: serviceAssessments && {
      by: texts(serviceAssessments.by),
      difficulty: floats(serviceAssessments.difficulty),
    },
    assessedSuccess: head.assessedSuccess && mapValues(head.assessedSuccess, floats),
    assessmentNanoUsd: head.assessmentNanoUsd && floats(head.assessmentNanoUsd),
    assessmentMs: head.assessmentMs && floats(head.assessmentMs),
    rejected: head.rejected && small(head.rejected),
    chosen: integers(head.chosen),
    propensity: floats(head.propensity),
    propensities: head.propensities && mapValues(head.propensities, floats),
    sampled: sampled && { models: sampled.models, probability: floats(sampled.probability) },
    sessionQuality: head.sessionQuality && floats(head.sessionQuality),
    sessionsOpen: head.sessionsOpen && small(head.sessionsOpen),
    outcomes: head.outcomes.map((outcome) => unpackOutcome(outcome, bytes, size)),
  }
}

function unpackOutcome(outcome: PackedOutcome, bytes: Uint8Array, size: number): OutcomeColumns {
  const floats = (column: NumberColumn): Float64Array => unpackNumbers(bytes, column, size)
  const integers = (column: NumberColumn): Int32Array => Int32Array.from(floats(column))
  const usage = { inputTokens: integers(outcome.inputTokens), outputTokens: integers(outcome.outputTokens) }
  return {
    model: outcome.model,
    basis: Uint8Array.from(floats(outcome.basis)),
    costNanoUsd: unpackCosts(bytes, outcome.costNanoUsd, usage),
    quality: floats(outcome.quality),
    ...usage,
    cachedInputTokens: outcome.cachedInputTokens && integers(outcome.cachedInputTokens),
    cacheWriteTokens: outcome.cacheWriteTokens && integers(outcome.cacheWriteTokens),
    latencyMs: floats(outcome.latencyMs),
    score: outcome.score && floats(outcome.score),
    agreement: outcome.agreement && floats(outcome.agreement),
    signs: outcome.signs && Uint8Array.from(floats(outcome.signs)),
  }
}

/** What the extractor of this key made of every request; undefined where it was not packed. */
export function unpackFeatures(
  { features, size }: PackedTable,
  bytes: Uint8Array,
  key: string,
): Float64Array[] | undefined {
  return features[key]?.map((column) => unpackNumbers(bytes, column, size))
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]))
}
