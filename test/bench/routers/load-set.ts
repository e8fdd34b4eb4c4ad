import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { LogTable } from '../../../src/core/log-table.js'
import {
  completeCases,
  DATA,
  imputeModelMean,
  matrixTable,
  readCsv,
  withoutContaminated,
} from '../../metrics/real-data.js'
import type { RouterModel, RouterSet } from './router-set.js'
import type { SetName } from './set-names.js'
import { spreadOnHull } from './spread-on-hull.js'

/** Models with fewer of the rows would leave few complete requests. */
const WIDELY = 0.98

/** RouteLLM's answers have no cost: list prices of the pair, by their ratio. */
const GSM8K_COSTS: Readonly<Record<string, number>> = {
  'gpt-4-1106-preview': 24.7,
  'mistralai/Mixtral-8x7B-Instruct-v0.1': 0.24,
}

/** Ids stand in for prompts, and for tasks nothing, where a set has none. */
export function loadSet(name: SetName): RouterSet {
  const complete = completeRows(tableOf(name))
  const models: RouterModel[] = complete.outcomes.map(({ model, quality, costNanoUsd }) => ({
    id: model,
    quality: Float64Array.from(quality),
    costUsd: Float64Array.from(costNanoUsd, (cost) => cost / 1e9),
  }))
  const prompts = promptsOf(name)
  const tasks = new Map(readCsv(outcomesOf(name)).map((row) => [row['query_id'], row['task']]))
  return {
    name,
    prompts: complete.ids.map((id) => prompts.get(id) ?? id),
    tasks: complete.ids.map((id) => tasks.get(id) ?? ''),
    models: spreadOnHull(models),
    widelyKnown: models.map(({ quality }) => quality),
  }
}

function outcomesOf(name: SetName): string {
  return `${name}/${name === 'qwen_mini' ? 'outcomes_cny' : 'outcomes'}.csv.gz`
}

function tableOf(name: SetName): LogTable {
  const path = outcomesOf(name)
  switch (name) {
    case 'routellm_gsm8k':
      return withListPrices(withoutContaminated(matrixTable(path)))
    case 'routerbench':
      return matrixTable(path, (row) => row['query_id']!.startsWith('rb5:'))
    case 'openhands_index':
      return imputeModelMean(matrixTable(path))
    default:
      return matrixTable(path)
  }
}

function withListPrices(table: LogTable): LogTable {
  const outcomes = table.outcomes.map((outcome) => ({
    ...outcome,
    costNanoUsd: outcome.costNanoUsd.map(() => Math.round((GSM8K_COSTS[outcome.model] ?? NaN) * 1e9)),
  }))
  return { ...table, outcomes }
}

/** Of the models that are known nearly everywhere, the requests where all are: a blank cost counts as a blank quality. */
function completeRows(table: LogTable): LogTable {
  const outcomes = table.outcomes
    .map((outcome) => ({
      ...outcome,
      quality: outcome.quality.map((value, row) => (Number.isNaN(outcome.costNanoUsd[row]!) ? NaN : value)),
    }))
    .filter(({ quality }) => quality.filter((value) => !Number.isNaN(value)).length >= WIDELY * table.size)
  return completeCases({ ...table, outcomes })
}

interface Query {
  readonly query_id: string
  readonly prompt: string
}

function promptsOf(name: SetName): Map<string, string> {
  const path = `${DATA}${name}/queries.jsonl.gz`
  if (!existsSync(path)) return new Map()
  const lines = gunzipSync(readFileSync(path)).toString().trim().split('\n')
  return new Map(
    lines.map((line) => JSON.parse(line) as Query).map((query) => [query.query_id, query.prompt]),
  )
}
