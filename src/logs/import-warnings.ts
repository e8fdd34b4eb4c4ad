import { nearMiss } from '../core/errors.js'
import type { RowReader } from './formats/format.js'
import type { LintWarning } from './lint/lint.js'
import { sumOf } from './import-counts.js'

const MATRIX_COLUMNS = ['cost_usd', 'input_tokens', 'output_tokens', 'latency_s', 'task', 'split', 'quality']

/** What a person should know of how one file was read. */
export function fileWarnings(
  file: string,
  { ignored, notes = [] }: RowReader,
  skipped: Readonly<Record<string, number>>,
  read: number,
): LintWarning[] {
  return [
    ...ignored.map((name) => ignoredWarning(file, name)),
    ...notes.map((note) => ({ code: 'reading', message: `${file}: ${note}`, count: 1 })),
    ...emptyWarning(file, skipped, read),
  ]
}

function ignoredWarning(file: string, name: string): LintWarning {
  const near = nearMiss(name, MATRIX_COLUMNS)
  const hint = near === undefined ? '' : `; did you mean ${near}?`
  return { code: 'ignored-column', message: `${file}: column "${name}" is not read${hint}`, count: 1 }
}

/** A file in which everything was passed over is in order and yet most likely not what was meant. */
function emptyWarning(file: string, skipped: Readonly<Record<string, number>>, read: number): LintWarning[] {
  const count = sumOf(skipped)
  if (read > 0 || count === 0) return []
  const reasons = Object.keys(skipped).join(', ')
  return [
    {
      code: 'no-calls',
      message: `${file} holds no model call: all its rows were passed over (${reasons})`,
      count,
    },
  ]
}

/** Files of a folder that are no logs by their names. */
export function passedOverWarnings(paths: readonly string[]): LintWarning[] {
  if (paths.length === 0) return []
  const shown = paths.slice(0, 3).join(', ')
  const more = paths.length > 3 ? `, and ${paths.length - 3} more` : ''
  const message = `files of a folder were passed over, since their names are not those of logs: ${shown}${more}`
  return [{ code: 'passed-over', message, count: paths.length }]
}
