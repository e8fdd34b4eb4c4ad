import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { BASES, NO_OUTCOME, type LogTable, type OutcomeColumns } from '../../src/core/log-table.js'
import { aTable } from './builders.js'

/** Real data beside the project (never committed); tests skip where it is absent. */
export const DATA: string = `${resolve('../shared/data')}/`
export const hasData: boolean = existsSync(DATA)

type Row = Record<string, string>

export function readCsv(path: string): Row[] {
  return parse(gunzipSync(readFileSync(DATA + path)), { columns: true }) as Row[]
}

/** A small loader of the matrix form, independent of `src/logs`, so that the figures are checked twice. */
export function matrixTable(path: string, keep: (row: Row) => boolean = () => true): LogTable {
  const rows = readCsv(path).filter(keep)
  const ids = [...new Set(rows.map((row) => row['query_id'] ?? ''))].sort()
  const rowOf = new Map(ids.map((id, index) => [id, index]))
  const byModel = new Map<string, OutcomeColumns>()
  for (const row of rows) {
    const model = row['model'] ?? ''
    const columns = byModel.get(model) ?? blankOutcome(model, ids.length)
    byModel.set(model, columns)
    const at = rowOf.get(row['query_id'] ?? '') ?? 0
    columns.basis[at] = BASES.indexOf('matrix')
    columns.quality[at] = number(row['quality'])
    columns.costNanoUsd[at] = Math.round(number(row['cost_usd'] ?? row['cost_cny']) * 1e9)
    columns.latencyMs[at] = number(row['latency_s']) * 1000
    columns.inputTokens[at] = number(row['input_tokens']) || -1
    columns.outputTokens[at] = number(row['output_tokens']) || -1
  }
  return aTable({ ids, outcomes: [...byModel.values()] })
}

/** Only the requests with a known quality of every model that is in the table. */
export function completeCases(table: LogTable): LogTable {
  return pick(table, (row) => table.outcomes.every((outcome) => !Number.isNaN(outcome.quality[row])))
}

/** Unknown or zero costs become the mean of the model's known costs: for statistics only. */
export function imputeModelMean(table: LogTable): LogTable {
  const outcomes = table.outcomes.map((outcome) => {
    const known = [...outcome.costNanoUsd].filter((cost) => cost > 0)
    const mean = known.reduce((sum, cost) => sum + cost, 0) / known.length
    return { ...outcome, costNanoUsd: outcome.costNanoUsd.map((cost) => (cost > 0 ? cost : mean)) }
  })
  return { ...table, outcomes }
}

export function pick(table: LogTable, keep: (row: number) => boolean): LogTable {
  const rows = table.ids.map((_, row) => row).filter(keep)
  const outcomes = table.outcomes.map((outcome) => ({
    ...outcome,
    basis: Uint8Array.from(rows, (row) => outcome.basis[row]!),
    quality: Float64Array.from(rows, (row) => outcome.quality[row]!),
    costNanoUsd: Float64Array.from(rows, (row) => outcome.costNanoUsd[row]!),
    inputTokens: Int32Array.from(rows, (row) => outcome.inputTokens[row]!),
    outputTokens: Int32Array.from(rows, (row) => outcome.outputTokens[row]!),
    latencyMs: Float64Array.from(rows, (row) => outcome.latencyMs[row]!),
  }))
  return aTable({ ids: rows.map((row) => table.ids[row]!), outcomes })
}

/** RouteLLM drops the prompts whose text is in its training data (issue of the same list beside the set). */
export function withoutContaminated(table: LogTable): LogTable {
  const contaminated = new Set(
    readFileSync(`${DATA}routellm_gsm8k/gsm8k_contaminated_prompts.jsonl`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { eval_prompt: string }).eval_prompt),
  )
  const prompts = new Map(
    gunzipSync(readFileSync(`${DATA}routellm_gsm8k/queries.jsonl.gz`))
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { query_id: string; prompt: string })
      .map((query) => [query.query_id, query.prompt]),
  )
  return pick(table, (row) => !contaminated.has(prompts.get(table.ids[row]!)!))
}

/** The table that the authors of `qwen_mini` published, by strategy. */
export function readMainResults(): Map<string, Record<string, string>> {
  const text = readFileSync(`${DATA}qwen_mini/main_results.csv`, 'utf8')
  const rows = parse(text, { columns: true }) as Record<string, string>[]
  return new Map(rows.map((row) => [row['strategy']!, row]))
}

function number(text: string | undefined): number {
  return text === undefined || text === '' ? NaN : Number(text)
}

function blankOutcome(model: string, size: number): OutcomeColumns {
  return {
    model,
    basis: new Uint8Array(size).fill(NO_OUTCOME),
    costNanoUsd: new Float64Array(size).fill(NaN),
    quality: new Float64Array(size).fill(NaN),
    inputTokens: new Int32Array(size).fill(-1),
    outputTokens: new Int32Array(size).fill(-1),
    cachedInputTokens: undefined,
    cacheWriteTokens: undefined,
    latencyMs: new Float64Array(size).fill(NaN),
  }
}
