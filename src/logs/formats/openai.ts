import { parseUsage } from '../usage/parse-usage.js'
import type { LogRecord } from '../../core/log-record.js'
import { callRecord, NO_OPTIONS } from './call-record.js'
import { requiredId } from './fields.js'
import { Rejection, type LogFormat, type ReadOptions, type RowReader } from './format.js'
import type { JsonObject } from './json-line.js'
import { askedFor } from './request-body.js'
import { isCutOff } from './response-body.js'
import type { Sample } from './sample.js'
import { at, durationOf, firstOf, numberOf, objectOf, rowsOfPage, textOf, timeOf } from './values.js'

/**
 * Calls of OpenAI's chat completions and responses APIs, and of those who speak them, as programs log them: pairs
 * `{"request": {…}, "response": {…}}`, bare responses (the stored completions that the API lists), and the input and
 * output files of the Batch API, which meet in `custom_id`.
 * https://platform.openai.com/docs/api-reference/batch/request-input, …/batch/request-output, …/chat/list
 */
export const openaiFormat: LogFormat = {
  name: 'openai',
  describe:
    'OpenAI requests and responses: {"request": {"model": …}, "response": {"usage": …}}, or Batch API files (JSONL, JSON)',
  encoding: 'objects',
  recognises: (sample) =>
    isBatch(sample) ||
    sample.rows.some(isAnswer) ||
    sample.rows.some((row) => isBody(requestOf(row)) && answerOf(row) !== undefined),
  open: (_header, options = NO_OPTIONS): RowReader => ({
    ignored: [],
    unfold: rowsOfPage,
    read: (row) => readCall(row as JsonObject, options),
  }),
}

function isBatch(sample: Sample): boolean {
  return sample.has('custom_id', 'body') || sample.has('custom_id', 'response')
}

/** A bare answer names its kind. */
function isAnswer(value: unknown): boolean {
  const row = objectOf(value)
  const kind = row?.['object']
  return kind === 'chat.completion' || (kind === 'response' && row?.['model'] !== undefined)
}

function isBody(body: JsonObject | undefined): boolean {
  return body !== undefined && (body['messages'] !== undefined || body['input'] !== undefined)
}

function requestOf(row: JsonObject): JsonObject | undefined {
  const request = objectOf(firstOf(row, 'request', 'request_body', 'body'))
  return objectOf(request?.['body']) ?? request
}

/** The answer itself, out of whatever carried it: the Batch API wraps it with its status. */
function answerOf(row: JsonObject): JsonObject | undefined {
  const response = isAnswer(row) ? row : objectOf(firstOf(row, 'response', 'response_body'))
  return objectOf(response?.['body']) ?? response
}

function readCall(row: JsonObject, options: ReadOptions): LogRecord {
  const request = requestOf(row)
  const answer = answerOf(row)
  const failed = hasFailed(row, answer)
  if (answer === undefined && !failed) return onlyAsked(row, request)
  return callRecord(
    {
      id: firstOf(row, 'custom_id', 'id', 'request_id') ?? answer?.['id'],
      at: arrival(row, answer),
      scope: { ...scopeOf(request), ...scopeOf(answer), ...scopeOf(row) },
      asked: askedFor(request ?? row),
      model: answer?.['model'] ?? request?.['model'],
      usage: parseUsage(answer?.['usage']),
      latencyMs: durationOf(firstOf(row, 'latency_ms', 'duration_ms'), 'latency_ms', 'ms'),
      signals: {
        score: (name) => at(row, 'scores', name) ?? at(row, 'metadata', name) ?? row[name],
        thumbs: firstOf(row, 'thumbs', 'feedback'),
        failed,
        truncated: isCutOff(answer),
      },
    },
    options,
  )
}

/** A line of a batch's input: the request, whose answer stands in the output file under the same id. */
function onlyAsked(row: JsonObject, request: JsonObject | undefined): LogRecord {
  const model = textOf(request?.['model'])
  if (request === undefined) throw new Rejection('no-call', 'the row holds neither a request nor a response')
  return {
    id: requiredId(firstOf(row, 'custom_id', 'id', 'request_id'), 'custom_id'),
    ...askedFor(request),
    ...(model !== undefined && { chosen: model }),
  }
}

function hasFailed(row: JsonObject, answer: JsonObject | undefined): boolean {
  const status = numberOf(at(row, 'response', 'status_code') ?? row['status_code'], 'status_code') ?? 200
  const error = firstOf(row, 'error') ?? answer?.['error'] ?? undefined
  return status >= 400 || (error !== undefined && error !== null) || answer?.['status'] === 'failed'
}

/** The row's own time, else the second in which the answer was made. */
function arrival(row: JsonObject, answer: JsonObject | undefined): number | undefined {
  const told = firstOf(row, 'timestamp', 'created_at', 'at', 'time')
  if (told !== undefined) return timeOf(told, 'timestamp', isSeconds(told) ? 's' : 'ms')
  return timeOf(firstOf(answer ?? {}, 'created', 'created_at') ?? row['created'], 'created', 's')
}

/** OpenAI's times are seconds; as milliseconds they would lie in January 1970. */
function isSeconds(value: unknown): boolean {
  return /^\d{9,10}(\.\d+)?$/.test(String(value))
}

function scopeOf(fields: JsonObject | undefined): Record<string, string> {
  const user = textOf(fields?.['user'])
  const session = textOf(at(fields, 'conversation', 'id') ?? at(fields, 'metadata', 'session_id'))
  return { ...(user !== undefined && { user }), ...(session !== undefined && { session }) }
}
