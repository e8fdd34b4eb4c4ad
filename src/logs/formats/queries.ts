import type { LogRecord } from '../../core/log-record.js'
import * as check from './fields.js'
import type { LogFormat } from './format.js'
import { jsonObject } from './json-line.js'

/**
 * The other half of the matrix form: `{"query_id": …, "task": …, "prompt": …}` a line. Benchmarks carry fields of
 * their own beside these (answers, sources); they are no part of a request and are not read.
 */
export const queriesFormat: LogFormat = {
  name: 'queries',
  describe: 'matrix queries JSONL: one {"query_id": …, "task": …, "prompt": …} a line, beside a matrix CSV',
  encoding: 'jsonl',
  recognises: ({ lines }) => lines.some((line) => /^\s*\{/.test(line) && /"query_id"\s*:/.test(line)),
  open: () => ({ ignored: [], read: (line) => readQuery(String(line)) }),
}

function readQuery(line: string): LogRecord {
  const value = jsonObject(line)
  const task = check.text(value['task'], 'task')
  const split = check.text(value['split'], 'split')
  const prompt = check.text(value['prompt'], 'prompt')
  return {
    id: check.requiredId(value['query_id'], 'query_id'),
    ...(task !== undefined && { task }),
    ...(split !== undefined && { split }),
    ...(prompt !== undefined && { prompt }),
  }
}
