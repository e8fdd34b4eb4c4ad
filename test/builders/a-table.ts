import { createExtractor } from '../../src/core/classify/features.js'
import { heuristicSchema } from '../../src/core/classify/heuristic-schema.js'
import { NO_OUTCOME, type LogTable, type OutcomeColumns, type TextColumn } from '../../src/core/log-table.js'
import { PRIORITIES, type Priority } from '../../src/core/request.js'

/** One request of a log: whatever is left out is unknown, but a time and a small input. */
export interface TableRow {
  readonly id?: string
  readonly at: number
  readonly scope?: Readonly<Record<string, string>>
  readonly priority?: Priority
  readonly task?: string
  readonly difficulty?: number
  readonly inputTokens?: number
  readonly inputTokensBound?: number
  readonly sharedPrefixTokens?: number
  readonly maxOutputTokens?: number
  /** The model that was called. */
  readonly chosen?: string
  readonly needs?: readonly string[]
  readonly outcomes?: Readonly<Record<string, RowOutcome>>
}

export interface RowOutcome {
  readonly costNanoUsd?: number
  readonly quality?: number
  readonly inputTokens?: number
  readonly outputTokens?: number
  readonly cachedInputTokens?: number
  readonly latencyMs?: number
}

const FEATURES = createExtractor(heuristicSchema.parse({})).names.length

/** A log table for policies with the default heuristic; rows must be in order of time. */
export function aTable(rows: readonly TableRow[]): LogTable {
  const integers = (read: (row: TableRow) => number | undefined): Int32Array =>
    Int32Array.from(rows, (row) => read(row) ?? -1)
  const floats = (read: (row: TableRow) => number | undefined): Float64Array =>
    Float64Array.from(rows, (row) => read(row) ?? NaN)
  const labelNames = [...new Set(rows.flatMap(({ scope }) => Object.keys(scope ?? {})))]
  const models = [...new Set(rows.flatMap(({ outcomes }) => Object.keys(outcomes ?? {})))]
  return {
    path: 'test.db',
    hash: 'sha256:test',
    size: rows.length,
    arrivals: 'logged',
    ids: rows.map(({ id }, index) => id ?? `r${index}`),
    at: floats(({ at }) => at),
    labels: Object.fromEntries(
      labelNames.map((name) => [name, texts(rows.map(({ scope }) => scope?.[name]))]),
    ),
    priority: Uint8Array.from(rows, ({ priority }) => PRIORITIES.indexOf(priority ?? 'normal')),
    inputTokensEstimate: integers(({ inputTokens }) => inputTokens ?? 100),
    inputTokensBound: integers(({ inputTokensBound, inputTokens }) => inputTokensBound ?? inputTokens ?? 100),
    ...(rows.some(({ sharedPrefixTokens }) => sharedPrefixTokens !== undefined) && {
      sharedPrefixTokens: integers(({ sharedPrefixTokens }) => sharedPrefixTokens),
    }),
    maxOutputTokens: integers(({ maxOutputTokens }) => maxOutputTokens),
    needs: texts(rows.map(({ needs }) => (needs === undefined ? undefined : JSON.stringify(needs)))),
    task: texts(rows.map(({ task }) => task)),
    split: texts(rows.map(() => undefined)),
    features: Array.from({ length: FEATURES }, () => new Float64Array(rows.length).fill(NaN)),
    assessedDifficulty: floats(({ difficulty }) => difficulty ?? 0),
    chosen: Int32Array.from(rows, ({ chosen }) => (chosen === undefined ? -1 : models.indexOf(chosen))),
    propensity: new Float64Array(rows.length).fill(NaN),
    outcomes: models.map((model) => outcomeColumns(rows, model)),
  }
}

function outcomeColumns(rows: readonly TableRow[], model: string): OutcomeColumns {
  const of = ({ outcomes }: TableRow): RowOutcome | undefined => outcomes?.[model]
  return {
    model,
    basis: Uint8Array.from(rows, (row) => (of(row) === undefined ? NO_OUTCOME : 1)),
    costNanoUsd: Float64Array.from(rows, (row) => of(row)?.costNanoUsd ?? NaN),
    quality: Float64Array.from(rows, (row) => of(row)?.quality ?? NaN),
    inputTokens: Int32Array.from(rows, (row) => of(row)?.inputTokens ?? -1),
    outputTokens: Int32Array.from(rows, (row) => of(row)?.outputTokens ?? -1),
    cachedInputTokens: rows.some((row) => of(row)?.cachedInputTokens !== undefined)
      ? Int32Array.from(rows, (row) => of(row)?.cachedInputTokens ?? -1)
      : undefined,
    cacheWriteTokens: undefined,
    latencyMs: Float64Array.from(rows, (row) => of(row)?.latencyMs ?? NaN),
  }
}

function texts(given: readonly (string | undefined)[]): TextColumn {
  const values = [...new Set(given.filter((text) => text !== undefined))]
  return { values, codes: Int32Array.from(given, (text) => (text === undefined ? -1 : values.indexOf(text))) }
}
