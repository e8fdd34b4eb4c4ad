import { BASES } from '../../core/log-table.js'
import type { LogRecord } from '../../core/log-record.js'
import { InputError, nearMiss, type Issue } from '../../core/errors.js'
import { parseUsage, type ParsedUsage } from '../usage/parse-usage.js'
import { callRecord, NO_OPTIONS } from './call-record.js'
import * as check from './fields.js'
import { Rejection, type LogFormat, type ReadOptions, type RowReader } from './format.js'
import type { JsonObject } from './json-line.js'
import { requireSession } from './late-label.js'
import type { FieldSource, Mapping } from './mapping.js'
import { askedFor, askedText, type AskedFor } from './request-body.js'
import {
  durationOf,
  listOf,
  numberOf,
  objectOf,
  rowsOfPage,
  textOf,
  timeOf,
  tokensOf,
  usdOf,
  type MoneyUnit,
  type TimeUnit,
} from './values.js'

/** The format that a mapping file describes, for any CSV, JSON or Parquet whose rows are calls. */
export function mappedFormat({ fields }: Mapping): LogFormat {
  return {
    name: 'mapped',
    describe: 'any CSV or JSON, as the file of --map says',
    encoding: 'objects',
    recognises: () => false,
    open(header, options = NO_OPTIONS): RowReader {
      refuseMissing(fields, header)
      const seen = new Set<string>()
      let rows = 0
      return {
        ignored: [],
        get notes() {
          return rows === 0 ? [] : neverSeen(fields, seen)
        },
        unfold: rowsOfPage,
        read(row) {
          rows++
          return readMapped({ row: row as JsonObject, fields, seen, options, place: rows })
        },
      }
    },
  }
}

/** A CSV says at once which columns it has; JSON may leave a field out of any row. */
function refuseMissing(fields: Mapping['fields'], header: readonly string[]): void {
  if (header.length === 0) return
  const names = header.map((name) => name.trim())
  const issues: Issue[] = []
  for (const [name, from] of fields) {
    if (!('column' in from) || names.includes(from.column) || names.includes(from.column.split('.')[0] ?? ''))
      continue
    const near = nearMiss(from.column, names)
    const hint = near === undefined ? `the header has ${names.join(', ')}` : `did you mean ${near}?`
    issues.push({ path: `fields.${name}`, message: `there is no column ${from.column}; ${hint}` })
  }
  if (issues.length > 0) throw new InputError('the mapping names columns that the file does not have', issues)
}

function neverSeen(fields: Mapping['fields'], seen: ReadonlySet<string>): string[] {
  const missing = [...fields].filter(([name, from]) => 'column' in from && !seen.has(name))
  return missing.map(
    ([name, from]) => `no row has ${'column' in from ? from.column : ''}, from which ${name} is mapped`,
  )
}

interface MappedRow {
  readonly row: JsonObject
  readonly fields: Mapping['fields']
  /** Fields that some row had, filled as rows are read. */
  readonly seen: Set<string>
  readonly options: ReadOptions
  readonly place: number
}

function readMapped(mapped: MappedRow): LogRecord {
  const { fields, options, place } = mapped
  const value = (name: string): unknown => valueOf(mapped, name)
  const unit = (name: string): string | undefined => unitOf(fields.get(name))
  const finish = textOf(value('finishReason'))
  const record = callRecord(
    {
      id: fields.has('id') ? value('id') : `${options.source}:${place}`,
      at: timeOf(value('at'), 'at', timeUnit(unit('at'))),
      scope: named(mapped, 'scope.'),
      asked: askedOf(value),
      model: value('model') ?? objectOf(value('request'))?.['model'],
      task: value('task'),
      usage: usageOf(value),
      costUsd: usdOf(value('costUsd'), 'costUsd', unit('costUsd') as MoneyUnit | undefined),
      latencyMs: durationOf(value('latencyMs'), 'latencyMs', (unit('latencyMs') ?? 'ms') as TimeUnit),
      signals: {
        score: (name) => value(`score.${name}`),
        thumbs: value('thumbs'),
        failed: isFailure(value('error')),
        truncated: finish !== undefined && /^(length|max_tokens|max_output_tokens)$/i.test(finish),
      },
    },
    options,
  )
  return withSessionOutcome(withOwn(record, value, unit('quality')), value, unit('sessionOutcome'))
}

function withSessionOutcome(
  record: LogRecord,
  value: (name: string) => unknown,
  unit: string | undefined,
): LogRecord {
  const quality = fraction(value('sessionOutcome'), 'sessionOutcome', unit)
  if (quality === undefined) return record
  const labelled = { ...record, sessionOutcome: { quality } }
  requireSession(labelled)
  return labelled
}

/** In [0, 1], from a number or a percentage. */
function fraction(value: unknown, field: string, unit: string | undefined): number | undefined {
  const told = numberOf(value, field)
  return check.quality(told !== undefined && unit === 'percent' ? told / 100 : told, field)
}

/** What a signal's rule does not make: a quality of the row's own, its split, priority and basis. */
function withOwn(record: LogRecord, value: (name: string) => unknown, unit: string | undefined): LogRecord {
  const quality = fraction(value('quality'), 'quality', unit)
  const basis = textOf(value('basis')) ?? 'logged'
  const known = BASES.find((name) => name === basis)
  if (known === undefined)
    throw new Rejection('bad-basis', `basis must be one of ${BASES.join(', ')}, got ${basis}`)
  const split = textOf(value('split'))
  const priority = check.priority(textOf(value('priority')))
  const { chosen, outcomes = [], ...rest } = record
  return {
    ...rest,
    ...(split !== undefined && { split }),
    ...(priority !== undefined && { priority }),
    ...(known === 'logged' && chosen !== undefined && { chosen }),
    outcomes: outcomes.map((outcome) => ({
      ...outcome,
      ...(quality !== undefined && { quality }),
      basis: known,
    })),
  }
}

function valueOf({ row, fields, seen }: MappedRow, name: string): unknown {
  const from = fields.get(name)
  if (from === undefined) return undefined
  const value = 'constant' in from ? from.constant : inside(row, from.column)
  if (value !== undefined) seen.add(name)
  return value
}

/** A column of this very name, else the way its dots describe. */
function inside(row: JsonObject, column: string): unknown {
  if (Object.hasOwn(row, column)) return row[column] ?? undefined
  let value: unknown = row
  for (const name of column.split('.')) value = listOf(value)?.[Number(name)] ?? objectOf(value)?.[name]
  return value ?? undefined
}

function named(mapped: MappedRow, prefix: string): Record<string, unknown> {
  const names = [...mapped.fields.keys()].filter((name) => name.startsWith(prefix))
  return Object.fromEntries(names.map((name) => [name.slice(prefix.length), valueOf(mapped, name)]))
}

function askedOf(value: (name: string) => unknown): AskedFor {
  const prompt = textOf(value('prompt'))
  const limit = tokensOf(value('maxOutputTokens'), 'maxOutputTokens')
  return {
    ...askedFor(value('request')),
    ...askedText(value('messages')),
    ...(prompt !== undefined && { prompt }),
    ...(limit !== undefined && limit > 0 && { maxOutputTokens: limit }),
  }
}

const COUNTS = [
  'inputTokens',
  'outputTokens',
  'cachedInputTokens',
  'cacheWriteTokens',
  'reasoningTokens',
] as const

/** Single counts stand over those of a usage object. */
function usageOf(value: (name: string) => unknown): Partial<ParsedUsage> {
  const counts = COUNTS.map((name) => [name, tokensOf(value(name), name)] as const)
  return {
    ...parseUsage(objectOf(value('usage'))),
    ...Object.fromEntries(counts.filter(([, count]) => count !== undefined)),
  }
}

function unitOf(from: FieldSource | undefined): string | undefined {
  return from !== undefined && 'unit' in from ? from.unit : undefined
}

function timeUnit(unit: string | undefined): TimeUnit {
  return unit === undefined || unit === 'iso' ? 'ms' : (unit as TimeUnit)
}

/** A flag, a status of HTTP, or a message: what says "no error" is blank, false, 0 or a status below 400. */
function isFailure(value: unknown): boolean {
  const text = textOf(value)?.toLowerCase()
  if (value === true) return true
  if (text === undefined || ['false', 'no', '0', 'ok', 'success', 'none', 'null'].includes(text)) return false
  return /^\d{3}$/.test(text) ? Number(text) >= 400 : true
}
