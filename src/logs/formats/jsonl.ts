import { BASES } from '../../core/log-table.js'
import type { LogRecord, OutcomeRecord, RunRecord } from '../../core/log-record.js'
import { FINISHES, finishOf, readsLikeRefusal, type AnswerSigns } from '../../core/score/answer-signs.js'
import type { Assessment, Message } from '../../core/request.js'
import * as check from './fields.js'
import { Rejection, type LogCard, type PolicyChange, type LogFormat, type Row } from './format.js'
import { jsonObject, type JsonObject } from './json-line.js'
import { lateLabel, requireSession } from './late-label.js'

const RECORD_FIELDS = [
  'id',
  'at',
  'scope',
  'priority',
  'messages',
  'prompt',
  'inputTokensEstimate',
  'inputTokensBound',
  'sharedPrefixTokens',
  'maxOutputTokens',
  'needs',
  'task',
  'split',
  'features',
  'chosen',
  'propensity',
  'policyHash',
  'assessment',
  'outcomes',
  'feedback',
  'sessionOutcome',
  'run',
] as const

const OUTCOME_FIELDS = [
  'model',
  'inputTokens',
  'outputTokens',
  'cachedInputTokens',
  'cacheWriteTokens',
  'reasoningTokens',
  'costUsd',
  'latencyMs',
  'quality',
  'qualitySource',
  'score',
  'agreement',
  'finish',
  'finishReason',
  'refused',
  'answer',
  'basis',
] as const

/** The canonical log: one request a line, an optional card as first line. Unknown fields are refused, not ignored. */
export const jsonlFormat: LogFormat = {
  name: 'jsonl',
  describe: 'canonical JSONL: one {"id": …, "outcomes": […]} a line',
  encoding: 'jsonl',
  recognises: (sample) => {
    if (sample.writing === 'json') return sample.has('id') || sample.has('tollgateLog')
    const { lines } = sample
    return (
      lines.some((line) => /^\s*\{/.test(line) && /"(id|tollgateLog)"\s*:/.test(line)) &&
      !lines.some((line) => /^\s*\{\s*"query_id"\s*:/.test(line))
    )
  },
  open: () => ({ ignored: [], read: readLine }),
}

function readLine(row: Row): LogRecord | LogCard {
  const value = jsonObject(String(row))
  return 'tollgateLog' in value ? card(value) : record(value)
}

function card(value: JsonObject): LogCard {
  if (value['tollgateLog'] !== 1) {
    throw new Rejection(
      'newer-format',
      `tollgateLog ${String(value['tollgateLog'])} is not known; this version reads 1`,
    )
  }
  const requestsPerDay = check.jsonNumber(value['requestsPerDay'], 'requestsPerDay')
  const description = check.text(value['description'], 'description')
  return {
    tollgateLog: 1,
    ...(value['synthetic'] === true && { synthetic: true }),
    ...(requestsPerDay !== undefined && { requestsPerDay }),
    ...(description !== undefined && { description }),
    ...(value['policyHash'] !== undefined && { policyChange: policyChange(value) }),
  }
}

function policyChange(value: JsonObject): PolicyChange {
  const policyHash = check.text(value['policyHash'], 'policyHash')
  const seq = check.jsonNumber(value['seq'], 'seq')
  const at = check.time(value['at'], 'at')
  const life = check.text(value['life'], 'life') ?? ''
  if (policyHash !== undefined && seq !== undefined && at !== undefined) return { life, policyHash, seq, at }
  throw new Rejection('bad-policy-change', 'a change of policy needs policyHash, seq and at')
}

function record(value: JsonObject): LogRecord {
  refuseUnknown(value, RECORD_FIELDS)
  const read = withoutUnknown({
    id: check.requiredId(value['id'], 'id'),
    at: check.time(value['at'], 'at'),
    scope: scope(value['scope']),
    priority: check.priority(check.text(value['priority'], 'priority')),
    messages: messages(value['messages']),
    prompt: check.text(value['prompt'], 'prompt'),
    inputTokensEstimate: tokenField(value, 'inputTokensEstimate'),
    inputTokensBound: tokenField(value, 'inputTokensBound'),
    sharedPrefixTokens: tokenField(value, 'sharedPrefixTokens'),
    maxOutputTokens: tokenField(value, 'maxOutputTokens'),
    needs: texts(value['needs'], 'needs'),
    task: check.text(value['task'], 'task'),
    split: check.text(value['split'], 'split'),
    features: features(value['features']),
    chosen: check.text(value['chosen'], 'chosen'),
    propensity: check.share(check.jsonNumber(value['propensity'], 'propensity'), 'propensity'),
    policyHash: check.text(value['policyHash'], 'policyHash'),
    assessment: assessment(value['assessment']),
    outcomes: list(value['outcomes'], 'outcomes')?.map(outcome),
    feedback: lateLabel(value['feedback'], 'feedback'),
    sessionOutcome: lateLabel(value['sessionOutcome'], 'sessionOutcome'),
    run: run(value['run']),
  })
  requireSession(read)
  return read
}

function outcome(value: unknown): OutcomeRecord {
  const fields = object(value, 'outcomes[]')
  refuseUnknown(fields, OUTCOME_FIELDS)
  const number = (name: string): number | undefined => check.jsonNumber(fields[name], name)
  const basis = check.text(fields['basis'], 'basis')
  const known = BASES.find((name) => name === basis)
  if (basis !== undefined && known === undefined) {
    throw new Rejection('bad-basis', `basis must be one of ${BASES.join(', ')}, got ${basis}`)
  }
  return withoutUnknown({
    model: check.requiredModel(fields['model']),
    inputTokens: tokenField(fields, 'inputTokens'),
    outputTokens: tokenField(fields, 'outputTokens'),
    cachedInputTokens: tokenField(fields, 'cachedInputTokens'),
    cacheWriteTokens: tokenField(fields, 'cacheWriteTokens'),
    reasoningTokens: tokenField(fields, 'reasoningTokens'),
    costUsd: check.costUsd(number('costUsd')),
    latencyMs: check.latencyMs(number('latencyMs')),
    quality: check.quality(number('quality')),
    qualitySource: check.text(fields['qualitySource'], 'qualitySource'),
    ...answerSigns(fields),
    basis: known,
  })
}

/** The answer's own text is read for what it shows, and not kept. */
function answerSigns(fields: JsonObject): Required<Omit<AnswerSigns, 'outputTokens'>> {
  const number = (name: string): number | undefined => check.jsonNumber(fields[name], name)
  const answer = check.text(fields['answer'], 'answer')
  const reason = check.text(fields['finishReason'], 'finishReason')
  const finish = FINISHES.find((known) => known === check.text(fields['finish'], 'finish'))
  if (finish === undefined && (fields['finish'] ?? null) !== null)
    throw new Rejection(
      'bad-finish',
      `finish must be one of ${FINISHES.join(', ')}, got ${String(fields['finish'])}`,
    )
  const refused = check.flag(fields['refused'], 'refused')
  return {
    score: check.share(number('score'), 'score'),
    agreement: check.share(number('agreement'), 'agreement'),
    finish: finish ?? finishOf(reason),
    refused: refused ?? (answer === undefined ? undefined : readsLikeRefusal(answer)),
  }
}

function scope(value: unknown): Record<string, string> | undefined {
  if (value === undefined || value === null) return undefined
  const labels: Record<string, string> = {}
  for (const [name, label] of Object.entries(object(value, 'scope'))) {
    const known = check.text(label, `scope.${name}`)
    if (known !== undefined) labels[name] = known
  }
  return labels
}

/** Every field is kept (`name`, `tool_calls`, …): they reach the model, and the runtime measures them too. */
function messages(value: unknown): Message[] | undefined {
  return list(value, 'messages')?.map((item) => {
    const fields = object(item, 'messages[]')
    const { role, content } = fields
    if (typeof role !== 'string') throw check.wrongType('messages[].role', 'text', role)
    if (typeof content === 'string' || Array.isArray(content)) return { ...fields, role, content }
    // An assistant turn that only calls tools has no content of its own.
    if (content === null || content === undefined) return { ...fields, role, content: '' }
    throw check.wrongType('messages[].content', 'text or a list of parts', content)
  })
}

function features(value: unknown): LogRecord['features'] {
  if (value === undefined || value === null) return undefined
  const { key, values } = object(value, 'features')
  const numbers = list(values, 'features.values')?.map(
    (one) => check.jsonNumber(one, 'features.values') ?? NaN,
  )
  if (typeof key !== 'string') throw check.wrongType('features.key', 'text', key)
  if (numbers === undefined) throw check.wrongType('features.values', 'a list of numbers', values)
  return { key, values: numbers }
}

function assessment(value: unknown): Assessment | undefined {
  if (value === undefined || value === null) return undefined
  const fields = object(value, 'assessment')
  const number = (name: string): number | undefined =>
    check.share(check.jsonNumber(fields[name], `assessment.${name}`), `assessment.${name}`)
  const difficulty = number('difficulty')
  if (difficulty === undefined)
    throw check.wrongType('assessment.difficulty', 'a number', fields['difficulty'])
  const costUsd = check.costUsd(
    check.jsonNumber(fields['costUsd'], 'assessment.costUsd'),
    'assessment.costUsd',
  )
  const latencyMs = check.latencyMs(
    check.jsonNumber(fields['latencyMs'], 'assessment.latencyMs'),
    'assessment.latencyMs',
  )
  const by = check.text(fields['by'], 'assessment.by')
  const successProbability = shares(fields['successProbability'])
  return withoutUnknown({ ...fields, difficulty, costUsd, latencyMs, by, successProbability })
}

function shares(value: unknown): Assessment['successProbability'] {
  if (value === undefined || value === null) return undefined
  const place = 'assessment.successProbability'
  const named = Object.entries(object(value, place)).map(([model, share]) => {
    const known = check.share(check.jsonNumber(share, `${place}.${model}`), `${place}.${model}`)
    return known === undefined ? [] : [[model, known] as const]
  })
  return Object.fromEntries(named.flat())
}

/** What the runtime recorded: kept as it is, with times as epoch milliseconds wherever they stand. */
function run(value: unknown): RunRecord | undefined {
  if (value === undefined || value === null) return undefined
  const fields = object(value, 'run')
  const attempts = list(fields['attempts'], 'run.attempts')
  if (attempts === undefined) throw check.wrongType('run.attempts', 'a list', fields['attempts'])
  for (const attempt of attempts) list(object(attempt, 'run.attempts[]')['after'], 'run.attempts[].after')
  const deferrals = list(fields['deferrals'], 'run.deferrals') ?? []
  for (const asked of [...attempts, ...deferrals, fields['rejected'] ?? {}]) {
    budgetHint(object(asked, 'run'))
    cacheHint(object(asked, 'run'))
  }
  return withTimes({ deferrals: [], ...fields }) as unknown as RunRecord
}

/** Decisions are made again from it: what is no number would lead them elsewhere without a word. */
function budgetHint({ budgetHint: hint }: JsonObject): void {
  if (hint === undefined) return
  const { usedNanoUsd, capNanoUsd, elapsed } = object(hint, 'run…budgetHint')
  const numbers = { usedNanoUsd, capNanoUsd, ...(elapsed === null ? {} : { elapsed }) }
  for (const [name, value] of Object.entries(numbers))
    if (typeof value !== 'number') throw check.wrongType(`run…budgetHint.${name}`, 'a number', value)
}

/** Likewise. */
function cacheHint({ cacheHint: hint }: JsonObject): void {
  if (hint === undefined) return
  const { sharedTokens, basis, cachedTokens, pinned } = object(hint, 'run…cacheHint')
  const tokens = { sharedTokens, ...object(cachedTokens, 'run…cacheHint.cachedTokens') }
  for (const [name, value] of Object.entries(tokens))
    if (typeof value !== 'number') throw check.wrongType(`run…cacheHint.${name}`, 'a number', value)
  if (typeof basis !== 'string') throw check.wrongType('run…cacheHint.basis', 'text', basis)
  if (pinned !== undefined && typeof pinned !== 'string')
    throw check.wrongType('run…cacheHint.pinned', 'text', pinned)
}

function withTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withTimes)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === 'at' || name === 'retryAt' ? (check.time(inner, `run…${name}`) ?? inner) : withTimes(inner),
    ]),
  )
}

function refuseUnknown(value: JsonObject, known: readonly string[]): void {
  for (const name in value) if (!known.includes(name)) throw check.unknownField(name, known)
}

function tokenField(value: JsonObject, name: string): number | undefined {
  return check.tokens(check.jsonNumber(value[name], name), name)
}

function texts(value: unknown, field: string): string[] | undefined {
  return list(value, field)?.map((item) => {
    if (typeof item !== 'string') throw check.wrongType(`${field}[]`, 'text', item)
    return item
  })
}

function list(value: unknown, field: string): unknown[] | undefined {
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value)) throw check.wrongType(field, 'a list', value)
  return value
}

function object(value: unknown, field: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  throw check.wrongType(field, 'an object', value)
}

type Known<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** Leaves out fields that are undefined, so that "absent" is the only way to be unknown. */
function withoutUnknown<T extends object>(fields: T): Known<T> {
  const known: Record<string, unknown> = {}
  for (const name in fields) if (fields[name] !== undefined) known[name] = fields[name]
  return known as Known<T>
}
