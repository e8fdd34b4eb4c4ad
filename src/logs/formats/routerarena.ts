import type { LogRecord } from '../../core/log-record.js'
import { parseUsage } from '../usage/parse-usage.js'
import * as check from './fields.js'
import type { LogFormat, RowReader } from './format.js'
import type { JsonObject } from './json-line.js'
import { at, numberOf, textOf, usdOf } from './values.js'

/**
 * Cached results of RouterArena, one answer a line: `global_index` (data set and number), `question`, `llm_selected`,
 * `token_usage`, and `evaluation_result` with score and cost in US dollars, null before it was graded. A call that did
 * not succeed has no answer to grade: its quality is unknown here.
 * https://github.com/RouteWorks/RouterArena/tree/main/cached_results
 */
export const routerarenaFormat: LogFormat = {
  name: 'routerarena',
  describe:
    'RouterArena cached results: {"global_index": …, "llm_selected": …, "evaluation_result": {…}} a line (JSONL)',
  encoding: 'objects',
  recognises: (sample) => sample.has('global_index', 'llm_selected'),
  open: (): RowReader => ({ ignored: [], read: (row) => readAnswer(row as JsonObject) }),
}

function readAnswer(row: JsonObject): LogRecord {
  const id = check.requiredId(row['global_index'], 'global_index')
  const prompt = textOf(row['question'])
  const graded = row['success'] === false ? undefined : at(row, 'evaluation_result', 'score')
  const quality = check.quality(numberOf(graded, 'evaluation_result.score'))
  const costUsd = usdOf(at(row, 'evaluation_result', 'inference_cost'), 'evaluation_result.inference_cost')
  const usage = parseUsage(row['token_usage'])
  return {
    id,
    task: id.replace(/_\d+$/, ''),
    ...(prompt !== undefined && { prompt }),
    outcomes: [
      {
        model: check.requiredModel(textOf(row['llm_selected'])),
        ...(usage !== undefined && { inputTokens: usage.inputTokens, outputTokens: usage.outputTokens }),
        ...(costUsd !== undefined && { costUsd }),
        ...(quality !== undefined && { quality }),
        basis: 'matrix',
      },
    ],
  }
}
