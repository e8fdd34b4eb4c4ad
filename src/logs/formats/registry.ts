import { InputError, nearMiss } from '../../core/errors.js'
import { csvFormat } from './csv.js'
import type { LogFormat } from './format.js'
import { jsonlFormat } from './jsonl.js'
import { matrixFormat } from './matrix.js'
import { queriesFormat } from './queries.js'

/** Every format we read, in the order in which they are tried: the one with the most particular header first. */
export const FORMATS: readonly LogFormat[] = [matrixFormat, csvFormat, queriesFormat, jsonlFormat]
export const FORMAT_NAMES: readonly string[] = FORMATS.map((format) => format.name)

/** @throws InputError when no format has this name. */
export function formatByName(name: string): LogFormat {
  const format = FORMATS.find((one) => one.name === name)
  if (format !== undefined) return format
  const near = nearMiss(name, FORMAT_NAMES)
  const hint = near === undefined ? '' : `; did you mean ${near}?`
  throw new InputError(`unknown format ${name}: known are auto, ${FORMAT_NAMES.join(', ')}${hint}`)
}

/** The format of a file from its first lines. @throws InputError naming the formats we know. */
export function detectFormat(file: string, lines: readonly string[]): LogFormat {
  const format = looksLikeText(lines) ? FORMATS.find((one) => one.recognises(lines)) : undefined
  if (format !== undefined) return format
  throw new InputError(
    `${file} is not a log that Tollgate knows (${foundInstead(lines)})`,
    FORMATS.map(({ name, describe }) => ({ path: `--format ${name}`, message: describe })),
  )
}

/** Control characters other than tab do not occur in CSV or JSONL text. */
function looksLikeText(lines: readonly string[]): boolean {
  return !lines.some((line) => /[\x00-\x08\x0e-\x1f]/.test(line))
}

function foundInstead(lines: readonly string[]): string {
  if (lines.length === 0) return 'it is empty'
  if (!looksLikeText(lines)) return 'it is not text'
  return `it begins with ${JSON.stringify((lines[0] ?? '').slice(0, 60))}`
}
