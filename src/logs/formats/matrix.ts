import { InputError } from '../../core/errors.js'
import type { LogRecord } from '../../core/log-record.js'
import { columnKey, headerCells } from './columns.js'
import * as check from './fields.js'
import { converted, costColumn, type CostColumn } from './currency.js'
import { Rejection, type LogFormat, type ReadOptions, type RowReader } from './format.js'

const REQUIRED = ['query_id', 'model', 'quality'] as const
const COLUMNS = [
  'query_id',
  'task',
  'model',
  'quality',
  'cost_usd',
  'input_tokens',
  'output_tokens',
  'latency_s',
  'split',
] as const
type Column = (typeof COLUMNS)[number]

/** Outcomes of every model on every query: `query_id, task, model, quality[, cost_usd, …]`. Blank = unknown. */
export const matrixFormat: LogFormat = {
  name: 'matrix',
  describe:
    'matrix CSV: a header with query_id, task, model, quality[, cost_usd, input_tokens, output_tokens, latency_s, split]',
  encoding: 'csv',
  recognises({ lines }) {
    const keys = headerCells(lines[0]).map(columnKey)
    return keys.includes('queryid') && keys.includes('model')
  },
  open,
}

function open(header: readonly string[], options?: ReadOptions): RowReader {
  const keys = header.map(columnKey)
  const at = (column: Column): number => keys.indexOf(columnKey(column))
  const missing = REQUIRED.filter((column) => at(column) < 0)
  if (missing.length > 0) {
    throw new InputError(
      'the header of this matrix CSV lacks columns',
      missing.map((column) => missingColumn(column, header)),
    )
  }
  const known = COLUMNS.map(columnKey)
  const cost = costColumn(header, options?.rates)
  const ignored = header.filter((_, i) => i !== cost.index && !known.includes(keys[i] ?? ''))
  return { ignored, read: reader(header.length, at, cost) }
}

function missingColumn(column: string, header: readonly string[]): { path: string; message: string } {
  return { path: column, message: `missing; the header has ${header.join(', ')}` }
}

function reader(
  width: number,
  at: (column: Column) => number,
  cost: CostColumn,
): (cells: readonly string[]) => LogRecord {
  const [id, task, split, model] = [at('query_id'), at('task'), at('split'), at('model')]
  const [quality, latency] = [at('quality'), at('latency_s')]
  const [input, output] = [at('input_tokens'), at('output_tokens')]
  return (cells) => {
    if (cells.length !== width) throw wrongWidth(width, cells.length)
    const seconds = check.latencyMs(check.cellNumber(cells[latency], 'latency_s'), 'latency_s')
    const amount = check.costUsd(check.cellNumber(cells[cost.index], cost.name), cost.name)
    // Written out and with every field present: one hidden class for millions of rows.
    const outcome = {
      model: check.requiredModel(cells[model]),
      inputTokens: check.tokens(check.cellNumber(cells[input], 'input_tokens'), 'input_tokens'),
      outputTokens: check.tokens(check.cellNumber(cells[output], 'output_tokens'), 'output_tokens'),
      costUsd: amount === undefined ? undefined : converted(amount, cost.rate),
      latencyMs: seconds === undefined ? undefined : seconds * 1000,
      quality: check.quality(check.cellNumber(cells[quality], 'quality')),
      basis: 'matrix',
    }
    const record = {
      id: check.requiredId(cells[id], 'query_id'),
      task: cells[task] || undefined,
      split: cells[split] || undefined,
      outcomes: [outcome],
    }
    return record as unknown as LogRecord
  }
}

export function wrongWidth(expected: number, got: number): Rejection {
  return new Rejection('wrong-column-count', `the header has ${expected} columns, this row ${got}`)
}
