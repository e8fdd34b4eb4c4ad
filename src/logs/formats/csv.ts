import { InputError } from '../../core/errors.js'
import type { LogRecord, OutcomeRecord } from '../../core/log-record.js'
import { finishOf, type Finish } from '../../core/score/answer-signs.js'
import { columnKey, headerCells } from './columns.js'
import * as check from './fields.js'
import { Rejection, type LogFormat, type RowReader } from './format.js'
import { wrongWidth } from './matrix.js'

/**
 * The flat form of the canonical record, one outcome a row: request fields (`id, at, org, team, user, session`, any
 * other label as `scope.NAME`, `priority, prompt, task, split, chosen, propensity, …`) and the outcome's
 * (`model, input_tokens, output_tokens, cost_usd, latency_ms, quality, …`). Case and underscores do not matter.
 * Rows with the same id and different models are one request; `needs` are separated by `;`.
 */
export const csvFormat: LogFormat = {
  name: 'csv',
  describe:
    'canonical CSV: a header with id, model, cost_usd, quality, at, org, user, prompt, … (one outcome a row)',
  encoding: 'csv',
  recognises({ lines }) {
    const keys = headerCells(lines[0]).map(columnKey)
    return keys.includes('id') && keys.filter(isColumn).length >= 2
  },
  open,
}

/** What one cell adds to a record under construction. */
type Put = (cell: string, request: Draft<LogRecord>, outcome: Draft<OutcomeRecord>) => void
type Draft<T> = { -readonly [K in keyof T]?: T[K] }

const COLUMN_NAMES = [
  'id',
  'at',
  'org',
  'team',
  'user',
  'session',
  'priority',
  'prompt',
  'task',
  'split',
  'chosen',
  'propensity',
  'policyHash',
  'difficulty',
  'needs',
  'inputTokensEstimate',
  'inputTokensBound',
  'sharedPrefixTokens',
  'maxOutputTokens',
  'model',
  'quality',
  'qualitySource',
  'score',
  'agreement',
  'finish',
  'costUsd',
  'latencyMs',
  'latencyS',
  'inputTokens',
  'outputTokens',
  'cachedInputTokens',
  'cacheWriteTokens',
  'reasoningTokens',
  'basis',
] as const

const COLUMNS: Readonly<Record<string, Put>> = {
  id: (cell, request) => void (request.id = cell),
  at: (cell, request) => void (request.at = check.time(cell, 'at') as number),
  priority: (cell, request) => void (request.priority = check.priority(cell) as 'normal'),
  prompt: (cell, request) => void (request.prompt = cell),
  task: (cell, request) => void (request.task = cell),
  split: (cell, request) => void (request.split = cell),
  chosen: (cell, request) => void (request.chosen = cell),
  propensity: (cell, request) => void (request.propensity = fraction(cell, 'propensity')),
  policyhash: (cell, request) => void (request.policyHash = cell),
  difficulty: (cell, request) => void (request.assessment = { difficulty: fraction(cell, 'difficulty') }),
  needs: (cell, request) => void (request.needs = cell.split(';').map((need) => need.trim())),
  inputtokensestimate: (cell, request) =>
    void (request.inputTokensEstimate = count(cell, 'inputTokensEstimate')),
  inputtokensbound: (cell, request) => void (request.inputTokensBound = count(cell, 'inputTokensBound')),
  sharedprefixtokens: (cell, request) =>
    void (request.sharedPrefixTokens = count(cell, 'sharedPrefixTokens')),
  maxoutputtokens: (cell, request) => void (request.maxOutputTokens = count(cell, 'maxOutputTokens')),
  model: (cell, _, outcome) => void (outcome.model = cell),
  quality: (cell, _, outcome) => void (outcome.quality = check.quality(number(cell, 'quality')) as number),
  qualitysource: (cell, _, outcome) => void (outcome.qualitySource = cell),
  score: (cell, _, outcome) => void (outcome.score = fraction(cell, 'score')),
  agreement: (cell, _, outcome) => void (outcome.agreement = fraction(cell, 'agreement')),
  finish: (cell, _, outcome) => void (outcome.finish = finish(cell)),
  costusd: (cell, _, outcome) => void (outcome.costUsd = check.costUsd(number(cell, 'costUsd')) as number),
  latencyms: (cell, _, outcome) => void (outcome.latencyMs = latency(cell, 'latencyMs', 1)),
  latencys: (cell, _, outcome) => void (outcome.latencyMs = latency(cell, 'latencyS', 1000)),
  inputtokens: (cell, _, outcome) => void (outcome.inputTokens = count(cell, 'inputTokens')),
  outputtokens: (cell, _, outcome) => void (outcome.outputTokens = count(cell, 'outputTokens')),
  cachedinputtokens: (cell, _, outcome) =>
    void (outcome.cachedInputTokens = count(cell, 'cachedInputTokens')),
  cachewritetokens: (cell, _, outcome) => void (outcome.cacheWriteTokens = count(cell, 'cacheWriteTokens')),
  reasoningtokens: (cell, _, outcome) => void (outcome.reasoningTokens = count(cell, 'reasoningTokens')),
  basis: (cell, _, outcome) => void (outcome.basis = basis(cell)),
}

/** The labels that have a column of their own; any other is `scope.NAME`. */
const LABELS: readonly string[] = ['org', 'team', 'user', 'session']

interface Label {
  readonly name: string
  readonly index: number
}

/** What the header says of each column: a field, or a label of the scope. */
interface Layout {
  readonly puts: readonly (Put | undefined)[]
  /** In order of names, as the store keeps a scope. */
  readonly labels: readonly Label[]
}

function open(header: readonly string[]): RowReader {
  const labels = header.flatMap((name, index): Label[] => {
    const label = labelOf(name)
    return label === undefined ? [] : [{ name: label, index }]
  })
  const puts = header.map((name) => putOf(columnKey(name)))
  const issues = header
    .filter((name, index) => puts[index] === undefined && labelOf(name) === undefined)
    .map((name) => ({ path: 'header', message: check.unknownFieldMessage('column', name, COLUMN_NAMES) }))
  if (issues.length > 0)
    throw new InputError('the header of this canonical CSV has columns that are not known', issues)
  const layout = { puts, labels: labels.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)) }
  return { ignored: [], read: (cells) => readRow(cells as readonly string[], layout) }
}

function isColumn(key: string): boolean {
  return putOf(key) !== undefined || LABELS.includes(key)
}

function putOf(key: string): Put | undefined {
  return Object.hasOwn(COLUMNS, key) ? COLUMNS[key] : undefined
}

function labelOf(name: string): string | undefined {
  const scoped = /^\s*scope\.(.+)$/.exec(name)
  if (scoped !== null) return (scoped[1] ?? '').trim()
  const key = columnKey(name)
  return LABELS.includes(key) ? key : undefined
}

/** Fields are set in the header's order and nothing is copied: the rows of a file then share one hidden class. */
function readRow(cells: readonly string[], { puts, labels }: Layout): LogRecord {
  if (cells.length !== puts.length) throw wrongWidth(puts.length, cells.length)
  const request: Draft<LogRecord> = {}
  const outcome: Draft<OutcomeRecord> = {}
  for (let i = 0; i < puts.length; i++) {
    const cell = cells[i] ?? ''
    if (isKnown(cell)) puts[i]?.(cell, request, outcome)
  }
  const scope = scopeOf(cells, labels)
  if (scope !== undefined) request.scope = scope
  request.id = check.requiredId(request.id, 'id')
  if (Object.keys(outcome).length > 0) {
    outcome.model = check.requiredModel(outcome.model ?? request.chosen)
    request.outcomes = [outcome as OutcomeRecord]
  }
  return request as LogRecord
}

const SPACE = 0x20
const LAST_ASCII = 0x7f

/** A blank cell is unknown. The first character tells it of nearly all. */
function isKnown(cell: string): boolean {
  const first = cell.charCodeAt(0)
  return (first > SPACE && first <= LAST_ASCII) || cell.trim() !== ''
}

function scopeOf(cells: readonly string[], labels: readonly Label[]): Record<string, string> | undefined {
  let scope: Record<string, string> | undefined
  for (let i = 0; i < labels.length; i++) {
    const { name, index } = labels[i] as Label
    const cell = cells[index] ?? ''
    if (isKnown(cell)) (scope ??= {})[name] = cell
  }
  return scope
}

function number(cell: string, field: string): number {
  return check.cellNumber(cell, field) as number
}

function count(cell: string, field: string): number {
  return check.tokens(number(cell, field), field) as number
}

function fraction(cell: string, field: string): number {
  return check.share(number(cell, field), field) as number
}

function latency(cell: string, field: string, scale: number): number {
  return (check.latencyMs(number(cell, field), field) as number) * scale
}

function finish(cell: string): Finish {
  const known = finishOf(cell)
  if (known !== undefined) return known
  throw new Rejection('bad-finish', `finish must be a reason such as stop or length, got ${cell}`)
}

function basis(cell: string): 'logged' | 'matrix' | 'estimated' {
  if (cell === 'logged' || cell === 'matrix' || cell === 'estimated') return cell
  throw new Rejection('bad-basis', `basis must be one of logged, matrix, estimated, got ${cell}`)
}
