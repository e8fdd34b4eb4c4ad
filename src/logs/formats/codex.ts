import type { ParsedUsage } from '../usage/parse-usage.js'
import { parseUsage } from '../usage/parse-usage.js'
import { callRecord, NO_OPTIONS } from './call-record.js'
import { skip, type LogFormat, type ReadOptions, type RowReader } from './format.js'
import type { JsonObject } from './json-line.js'
import { at, firstOf, objectOf, textOf, timeOf, tokensOf } from './values.js'

/**
 * Session files of Codex (`~/.codex/sessions/…/rollout-….jsonl`). A `token_count` is a call, of the model that the count
 * or the last `turn_context` names; a count whose running total did not move is the same call told again. The file names
 * no calls, so their ids are the session's and a number. Fields as https://github.com/ryoppippi/ccusage reads them.
 */
export const codexFormat: LogFormat = {
  name: 'codex',
  describe: 'Codex session: {"type": "event_msg", "payload": {"type": "token_count", …}} a line (JSONL)',
  encoding: 'objects',
  recognises: (sample) =>
    sample.has('type', 'payload') && sample.rows.some((row) => LINES.has(String(row['type']))),
  open: (_header, options = NO_OPTIONS): RowReader => {
    const session: Session = { id: options.source, calls: 0, total: '', model: undefined, said: undefined }
    return { ignored: [], read: (row) => readLine(row as JsonObject, session, options) }
  },
}

const LINES = new Set(['session_meta', 'turn_context', 'event_msg', 'response_item'])

/** What the lines so far said of those that follow. */
interface Session {
  id: string
  calls: number
  /** The last running total, as text. */
  total: string
  model: string | undefined
  said: string | undefined
}

function readLine(line: JsonObject, session: Session, options: ReadOptions): ReturnType<RowReader['read']> {
  const payload = objectOf(line['payload']) ?? {}
  const info = objectOf(payload['info'])
  if (payload['type'] === 'token_count' && info !== undefined) return readCount(line, info, session, options)
  if (line['type'] === 'session_meta') session.id = textOf(payload['id']) ?? session.id
  if (line['type'] === 'turn_context') session.model = textOf(payload['model']) ?? session.model
  if (payload['type'] === 'user_message') session.said = textOf(payload['message']) ?? session.said
  return skip('no-model-call')
}

function readCount(
  line: JsonObject,
  info: JsonObject,
  session: Session,
  options: ReadOptions,
): ReturnType<RowReader['read']> {
  const last = objectOf(info['last_token_usage'])
  const total = JSON.stringify(info['total_token_usage'] ?? null)
  if (last === undefined || (total !== 'null' && total === session.total)) return skip('told-again')
  session.total = total
  session.calls++
  const usage = usageOf(last)
  const said = session.said
  // Later calls of the same turn go on with results of tools.
  session.said = undefined
  return callRecord(
    {
      id: `${session.id}:${session.calls}`,
      at: timeOf(line['timestamp'], 'timestamp'),
      scope: { session: session.id },
      asked: {
        ...(said !== undefined && { prompt: said }),
        inputTokensEstimate: usage.inputTokens,
        inputTokensBound: usage.inputTokens,
      },
      model:
        textOf(firstOf(info, 'model', 'model_name')) ??
        textOf(at(info, 'metadata', 'model')) ??
        session.model,
      usage,
    },
    options,
  )
}

/** As in the responses API, with the parts in fields of their own. */
function usageOf(last: JsonObject): ParsedUsage {
  const input = tokensOf(last['input_tokens'], 'input_tokens') ?? 0
  const cached = tokensOf(last['cached_input_tokens'], 'cached_input_tokens')
  const output = tokensOf(last['output_tokens'], 'output_tokens') ?? 0
  const reasoning = tokensOf(last['reasoning_output_tokens'], 'reasoning_output_tokens')
  const counts = {
    inputTokens: input,
    outputTokens: output,
    cachedInputTokens: cached,
    reasoningTokens: reasoning,
  }
  return parseUsage(counts) ?? { inputTokens: input, outputTokens: output }
}
