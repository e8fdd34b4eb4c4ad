import { parseUsage } from '../usage/parse-usage.js'
import { callRecord, NO_OPTIONS } from './call-record.js'
import { skip, type LogFormat, type ReadOptions, type RowReader } from './format.js'
import type { JsonObject } from './json-line.js'
import { at, listOf, objectOf, textOf, timeOf, usdOf } from './values.js'

/**
 * Session files of Claude Code (`~/.claude/projects/…/SESSION.jsonl`). A line of an assistant's message is a call, and a
 * message that was written in several lines (one for each block) is one call, whose last line counts. What the user said
 * is the text of the call right after it; those that go on with results of tools have none. The whole context that was
 * sent is not in the file, so the input is counted from the usage.
 * Fields as https://github.com/ryoppippi/ccusage reads them.
 */
export const claudeCodeFormat: LogFormat = {
  name: 'claude-code',
  describe: 'Claude Code session: {"sessionId": …, "message": {"model": …, "usage": {…}}} a line (JSONL)',
  encoding: 'objects',
  recognises: (sample) => sample.has('sessionId', 'message') || sample.has('sessionId', 'parentUuid'),
  open: (_header, options = NO_OPTIONS): RowReader => {
    const said = new Map<string, string>()
    return { ignored: [], read: (row) => readLine(row as JsonObject, said, options) }
  },
}

function readLine(
  line: JsonObject,
  said: Map<string, string>,
  options: ReadOptions,
): ReturnType<RowReader['read']> {
  const message = objectOf(line['message'])
  const session = textOf(line['sessionId']) ?? ''
  if (message?.['role'] === 'user') {
    const text = saidBy(message)
    if (text !== undefined) said.set(session, text)
    return skip('user-turn')
  }
  if (message?.['usage'] === undefined) return skip('no-model-call')
  // Its own notes on errors are no call of a model.
  if (message['model'] === '<synthetic>') return skip('no-model-call')
  const usage = parseUsage(message['usage'], { provider: 'anthropic' })
  const prompt = said.get(session)
  said.delete(session)
  return callRecord(
    {
      id: textOf(message['id']) ?? textOf(line['requestId']) ?? line['uuid'],
      at: timeOf(line['timestamp'], 'timestamp'),
      scope: { session, project: at(line, 'cwd') },
      asked: {
        ...(prompt !== undefined && { prompt }),
        ...(usage !== undefined && {
          inputTokensEstimate: usage.inputTokens,
          inputTokensBound: usage.inputTokens,
        }),
      },
      model: message['model'],
      usage,
      costUsd: usdOf(line['costUSD'], 'costUSD'),
      signals: {
        score: () => undefined,
        failed: line['isApiErrorMessage'] === true,
        truncated: message['stop_reason'] === 'max_tokens',
      },
    },
    options,
  )
}

/** A user's own words; results of tools come in the same role. */
function saidBy(message: JsonObject): string | undefined {
  const { content } = message
  if (typeof content === 'string') return textOf(content)
  const texts = (listOf(content) ?? []).map((part) => textOf(at(part, 'text')) ?? '')
  return textOf(texts.join('\n').trim())
}
