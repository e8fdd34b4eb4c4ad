import type { LogRecord } from '../../core/log-record.js'
import * as check from './fields.js'
import { Rejection, type LogFormat, type RowReader } from './format.js'
import type { JsonObject } from './json-line.js'
import { tokenPair } from './token-pair.js'
import { firstOf, listOf, numberOf, objectOf, textOf, usdOf } from './values.js'

/**
 * A result file of LLMRouterBench: one model on one data set, `{"model_name": …, "dataset_name": …, "split": …,
 * "records": [{"index", "prompt", "score", "cost", "prompt_tokens", "completion_tokens", …}]}`. A query's id is its data
 * set, split and index, so that the files of all models meet.
 * https://github.com/ynulihao/LLMRouterBench/blob/main/data_collector/storage.py
 */
export const llmrouterbenchFormat: LogFormat = {
  name: 'llmrouterbench',
  describe:
    'LLMRouterBench result: {"model_name": …, "dataset_name": …, "records": [{"index", "score", "cost", …}]} (JSON)',
  encoding: 'objects',
  recognises: (sample) =>
    sample.has('records', 'dataset_name') || sample.has('performance', 'time_taken', 'records'),
  open: (): RowReader => ({
    ignored: [],
    // Each record takes only the names along: a row that is rejected is kept with all that it holds.
    *unfold({ model_name, dataset_name, split, records }) {
      const result = { model_name, dataset_name, split }
      for (const record of listOf(records) ?? [{}])
        yield { record: objectOf(record) ?? {}, result } satisfies Placed
    },
    read: (row) => readRecord(row as unknown as Placed),
  }),
}

interface Placed {
  readonly record: JsonObject
  readonly result: JsonObject
}

function readRecord({ record, result }: Placed): LogRecord {
  const task = textOf(result['dataset_name'])
  const split = textOf(result['split'])
  const model = textOf(result['model_name'])
  const index = textOf(record['index'])
  if (model === undefined || task === undefined) {
    throw new Rejection(
      'missing-model',
      'the result names no model_name and dataset_name, as files of the first release do: only their folders tell; add both fields',
    )
  }
  if (index === undefined) throw new Rejection('missing-id', 'index is missing')
  const prompt = textOf(firstOf(record, 'prompt', 'origin_query'))
  const quality = check.quality(numberOf(record['score'], 'score'))
  const costUsd = usdOf(record['cost'], 'cost')
  return {
    id: [task, split, index].filter((part) => part !== undefined).join('/'),
    task,
    ...(split !== undefined && { split }),
    ...(prompt !== undefined && { prompt }),
    outcomes: [
      {
        model,
        ...tokenPair(record, 'prompt_tokens', 'completion_tokens'),
        ...(costUsd !== undefined && { costUsd }),
        ...(quality !== undefined && { quality }),
        basis: 'matrix',
      },
    ],
  }
}
