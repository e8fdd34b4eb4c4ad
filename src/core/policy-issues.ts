import { z } from 'zod'
import { nearMiss, type Issue } from './errors.js'
import { policyFileSchema } from './policy-schema.js'

/** Zod's findings as sentences for people: JSON paths, the value found, what would be right, near misses. */
export function describeIssues(issues: readonly z.core.$ZodIssue[], root: unknown): Issue[] {
  return issues.flatMap((issue) => describe(issue, root))
}

function describe(issue: z.core.$ZodIssue, root: unknown): Issue[] {
  const path = pathText(issue.path)
  const found = valueAt(root, issue.path)
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = knownKeys(issue.path, root)
      return issue.keys.map((key) => ({
        path: join(path, key),
        message: `unknown field${suggestion(key, known)}`,
      }))
    }
    case 'invalid_union': {
      const kinds = knownKinds(issue.path)
      if (kinds.length > 0) return [{ path, message: oneOf(kinds, found) }]
      const inner = issue.errors[0]?.map((nested) => nested.message).join('; ')
      const own = issue.message === 'Invalid input' ? inner : undefined
      return [{ path, message: `${own ?? issue.message}, got ${show(found)}` }]
    }
    case 'invalid_value':
      return [{ path, message: oneOf(issue.values.map(String), found) }]
    case 'invalid_type':
      if (found === undefined) return [{ path, message: `is missing (expected ${issue.expected})` }]
      return [{ path, message: `expected ${issue.expected}, got ${show(found)}` }]
    default:
      return [{ path, message: `${issue.message}, got ${show(found)}` }]
  }
}

function oneOf(values: readonly string[], found: unknown): string {
  const list = values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`
  if (found === undefined) return `is missing (expected ${list})`
  return `expected ${list}, got ${show(found)}${suggestion(String(found), values)}`
}

function suggestion(name: string, known: readonly string[]): string {
  const near = nearMiss(name, known)
  return near === undefined || near === name ? '' : ` (did you mean ${near}?)`
}

export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : join(text, String(key))),
    '',
  )
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

function show(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'nothing')
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    root,
  )
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode
  readonly additionalProperties?: SchemaNode | boolean
  readonly oneOf?: readonly SchemaNode[]
  readonly anyOf?: readonly SchemaNode[]
  readonly const?: unknown
}

/** The schema's nodes that a path can lead to (several below a union). */
function schemaNodes(path: readonly PropertyKey[]): SchemaNode[] {
  let nodes = alternatives([z.toJSONSchema(policyFileSchema, { io: 'input' }) as SchemaNode])
  for (const key of path) {
    nodes = alternatives(nodes.flatMap((node) => child(node, key)))
  }
  return nodes
}

function child(node: SchemaNode, key: PropertyKey): SchemaNode[] {
  const extra = typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined
  const next = typeof key === 'number' ? node.items : (node.properties?.[String(key)] ?? extra)
  return next === undefined ? [] : [next]
}

function alternatives(nodes: readonly SchemaNode[]): SchemaNode[] {
  return nodes.flatMap((node) => {
    const inner = node.oneOf ?? node.anyOf
    return inner === undefined ? [node] : alternatives(inner)
  })
}

/** Field names allowed at a path; below a union only those of the `kind` that was written. */
function knownKeys(path: readonly PropertyKey[], root: unknown): string[] {
  const kind = (valueAt(root, path) as { kind?: unknown } | undefined)?.kind
  const nodes = schemaNodes(path)
  const ofKind = nodes.filter((node) => kind !== undefined && node.properties?.kind?.const === kind)
  return (ofKind.length > 0 ? ofKind : nodes).flatMap((node) => Object.keys(node.properties ?? {}))
}

/** The `kind`s that exist at a path that ends in `kind`, else nothing. */
function knownKinds(path: readonly PropertyKey[]): string[] {
  if (path.at(-1) !== 'kind') return []
  return schemaNodes(path).flatMap((node) => (typeof node.const === 'string' ? [node.const] : []))
}
