import { z } from 'zod'
import { InputError, nearMiss, type Issue } from '../../core/errors.js'
import { TARGET_NAMES, targetKind, UNITS } from './map-targets.js'

/** Where a field of a record comes from: a column (or a path into JSON, `usage.prompt_tokens`), or the same for all rows. */
export type FieldSource =
  | { readonly column: string; readonly unit?: string | undefined }
  | { readonly constant: string | number | boolean }

/** A mapping file: `{"fields": {"model": "llm", "costUsd": {"column": "price", "unit": "cents"}, …}}`. */
export interface Mapping {
  readonly fields: ReadonlyMap<string, FieldSource>
}

const column = z.string().min(1, 'a column needs a name')
const source = z.union(
  [
    column.transform((name) => ({ column: name })),
    z.strictObject({ column, unit: z.string().optional() }),
    z.strictObject({ constant: z.union([z.string(), z.number(), z.boolean()]) }),
  ],
  'must be a column\'s name, {"column": …, "unit": …} or {"constant": …}',
)
const schema = z.strictObject({ fields: z.record(z.string(), source) })

/**
 * A mapping file's content.
 * @throws InputError with everything that is wrong with it, and near misses.
 */
export function parseMapping(text: string, file: string): Mapping {
  const parsed = schema.safeParse(jsonOf(text, file))
  const issues = parsed.success ? fieldIssues(parsed.data.fields) : shapeIssues(parsed.error.issues)
  if (parsed.success && issues.length === 0) return { fields: new Map(Object.entries(parsed.data.fields)) }
  throw new InputError(`${file} is not a mapping that can be used`, issues)
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new InputError(`${file} is not JSON: ${(error as Error).message}`)
  }
}

function shapeIssues(issues: readonly z.core.$ZodIssue[]): Issue[] {
  return issues.map(({ path, message }) => ({ path: path.map(String).join('.') || 'mapping', message }))
}

function fieldIssues(fields: Readonly<Record<string, FieldSource>>): Issue[] {
  const issues = Object.entries(fields).flatMap(([name, from]) => fieldIssue(name, from))
  if ('model' in fields || 'request' in fields) return issues
  return [...issues, { path: 'fields.model', message: 'is missing: a call needs the model that answered it' }]
}

function fieldIssue(name: string, from: FieldSource): Issue[] {
  const path = `fields.${name}`
  const kind = targetKind(name)
  if (kind === undefined) {
    const near = nearMiss(name, TARGET_NAMES)
    const hint = near === undefined ? `known: ${TARGET_NAMES.join(', ')}` : `did you mean ${near}?`
    return [{ path, message: `is no field of a request; ${hint}` }]
  }
  const unit = 'unit' in from ? from.unit : undefined
  const units: readonly string[] = UNITS[kind]
  if (unit === undefined || units.includes(unit)) return []
  if (units.length === 0) return [{ path: `${path}.unit`, message: `${name} has no unit` }]
  const near = nearMiss(unit, units)
  const hint = near === undefined ? '' : ` (did you mean ${near}?)`
  const money = kind === 'money' ? '; amounts in another currency must be converted before' : ''
  return [{ path: `${path}.unit`, message: `must be one of ${units.join(', ')}, got ${unit}${hint}${money}` }]
}
