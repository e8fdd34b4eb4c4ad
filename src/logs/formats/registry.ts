import { InputError, nearMiss } from '../../core/errors.js'
import { azureTraceFormat } from './azure-trace.js'
import { burstgptFormat } from './burstgpt.js'
import { claudeCodeFormat } from './claude-code.js'
import { codexFormat } from './codex.js'
import { csvFormat } from './csv.js'
import type { LogFormat } from './format.js'
import { heliconeFormat } from './helicone.js'
import { jsonlFormat } from './jsonl.js'
import { langfuseFormat } from './langfuse.js'
import { litellmFormat } from './litellm.js'
import { lmcacheFormat } from './lmcache.js'
import { llmrouterbenchFormat } from './llmrouterbench.js'
import { matrixFormat } from './matrix.js'
import { mooncakeFormat } from './mooncake.js'
import { openaiFormat } from './openai.js'
import { openrouterFormat } from './openrouter.js'
import { otelFormat } from './otel.js'
import { portkeyFormat } from './portkey.js'
import { queriesFormat } from './queries.js'
import { refusal } from './refused.js'
import { routerarenaFormat } from './routerarena.js'
import { routerbenchFormat } from './routerbench.js'
import type { Sample } from './sample.js'

/** Every format we read, in the order in which they are tried: the one with the most particular fields first. */
export const FORMATS: readonly LogFormat[] = [
  litellmFormat,
  heliconeFormat,
  langfuseFormat,
  portkeyFormat,
  openrouterFormat,
  otelFormat,
  claudeCodeFormat,
  codexFormat,
  openaiFormat,
  routerbenchFormat,
  llmrouterbenchFormat,
  routerarenaFormat,
  azureTraceFormat,
  burstgptFormat,
  mooncakeFormat,
  lmcacheFormat,
  matrixFormat,
  csvFormat,
  queriesFormat,
  jsonlFormat,
]
export const FORMAT_NAMES: readonly string[] = FORMATS.map((format) => format.name)

/** @throws InputError when no format has this name. */
export function formatByName(name: string): LogFormat {
  const format = FORMATS.find((one) => one.name === name)
  if (format !== undefined) return format
  const near = nearMiss(name, FORMAT_NAMES)
  const hint = near === undefined ? '' : `; did you mean ${near}?`
  throw new InputError(`unknown format ${name}: known are auto, ${FORMAT_NAMES.join(', ')}${hint}`)
}

/**
 * The format of a file from its beginning.
 * @throws InputError naming the formats we know, or what the file is and what to export instead.
 */
export function detectFormat(file: string, sample: Sample): LogFormat {
  const isText = looksLikeText(sample.lines)
  const why = isText ? refusal(sample) : undefined
  if (why !== undefined) throw new InputError(`${file} ${why}`)
  const format = isText ? FORMATS.find((one) => one.recognises(sample)) : undefined
  if (format !== undefined) return format
  throw new InputError(
    `${file} is not a log that Tollgate knows (${foundInstead(sample.lines)}); a CSV or JSON of your own is read with --map`,
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
