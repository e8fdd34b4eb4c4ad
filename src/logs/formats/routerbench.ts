import type { LogRecord } from '../../core/log-record.js'
import { headerCells } from './columns.js'
import * as check from './fields.js'
import type { LogFormat, RowReader } from './format.js'
import { wrongWidth } from './matrix.js'
import { pythonTexts } from './python-texts.js'

/**
 * RouterBench as its data frame is written to CSV: one query a row, and of every model a column of its name with the
 * quality, `MODEL|model_response` and `MODEL|total_cost` in US dollars. Prompts are lists of texts in Python's writing,
 * one text for each of the user's turns. https://huggingface.co/datasets/withmartian/routerbench
 */
export const routerbenchFormat: LogFormat = {
  name: 'routerbench',
  describe:
    'RouterBench: sample_id, prompt, eval_name, MODEL, MODEL|model_response, MODEL|total_cost, … (CSV)',
  encoding: 'csv',
  recognises: ({ lines, writing }) => {
    const header = writing === 'csv' ? headerCells(lines[0]) : []
    return header.includes('sample_id') && header.some((name) => name.endsWith(COST))
  },
  open(header): RowReader {
    const models = header.filter((name) => header.includes(name + COST))
    const places = models.map((model) => ({
      model,
      quality: header.indexOf(model),
      cost: header.indexOf(model + COST),
    }))
    const [id, prompt, task] = ['sample_id', 'prompt', 'eval_name'].map((name) => header.indexOf(name))
    const known = (name: string): boolean =>
      models.some((model) => name === model || name.startsWith(`${model}|`)) || OWN.includes(name)
    return {
      ignored: header.filter((name) => !known(name)),
      read: (cells: readonly string[]) => {
        if (cells.length !== header.length) throw wrongWidth(header.length, cells.length)
        return readQuery(cells, { id, prompt, task }, places)
      },
    }
  },
}

const COST = '|total_cost'
/** An index column that pandas writes has no name; the oracle's choice follows from the outcomes. */
const OWN = ['', 'sample_id', 'prompt', 'eval_name', 'oracle_model_to_route_to']

interface Place {
  readonly model: string
  readonly quality: number
  readonly cost: number
}

function readQuery(
  cells: readonly string[],
  columns: Readonly<Record<'id' | 'prompt' | 'task', number | undefined>>,
  places: readonly Place[],
): LogRecord {
  const cell = (column: number | undefined): string | undefined => check.text(cells[column ?? -1], 'cell')
  const asked = pythonTexts(cell(columns.prompt) ?? '')
  const task = cell(columns.task)
  return {
    id: check.requiredId(cell(columns.id), 'sample_id'),
    ...(task !== undefined && { task }),
    ...(asked.length === 1 && { prompt: asked[0] ?? '' }),
    ...(asked.length > 1 && { messages: asked.map((content) => ({ role: 'user', content })) }),
    outcomes: places.flatMap(({ model, quality, cost }) => {
      const known = {
        quality: check.quality(check.cellNumber(cells[quality], model)),
        costUsd: check.costUsd(check.cellNumber(cells[cost], model + COST), model + COST),
      }
      if (known.quality === undefined && known.costUsd === undefined) return []
      return [
        {
          model,
          ...(known.quality !== undefined && { quality: known.quality }),
          ...(known.costUsd !== undefined && { costUsd: known.costUsd }),
          basis: 'matrix' as const,
        },
      ]
    }),
  }
}
