import type { LogTable } from '../../core/log-table.js'
import { parsePolicy, type Policy } from '../../core/policy.js'
import { knobsOf, type Knobs } from '../knobs.js'

export type PolicyJson = Readonly<Record<string, unknown>>

/** What stays while knobs are turned: which classifier, which selector of which models, which windows. */
export interface Shape {
  /** For people. */
  readonly name: string
  /** Unsealed. */
  readonly json: PolicyJson
  readonly policy: Policy
  /** The log as its classifier reads it. */
  readonly table: LogTable
  readonly start: Knobs
}

/** The log as a policy's classifier reads it; undefined where it cannot be had. */
export type ReadBy = (policy: Policy) => LogTable | undefined

export interface ShapeParts {
  readonly name: string
  readonly json: PolicyJson
}

export interface ShapeReader {
  readonly readBy: ReadBy
  /** Whether amounts of budgets are turned. */
  readonly amounts: boolean
}

/** Undefined where nothing reads the log as its classifier does. */
export function createShape({ name, json }: ShapeParts, { readBy, amounts }: ShapeReader): Shape | undefined {
  const { contentHash: _old, ...unsealed } = json
  const policy = parsePolicy(unsealed)
  const whole = readingAll(policy)
  const widely = whole === undefined ? undefined : readBy(whole)
  const table = widely ?? readBy(policy)
  if (table === undefined) return undefined
  const start = knobsOf(policy, { amounts, readsAll: widely !== undefined })
  return { name, json: unsealed, policy, table, start }
}

/** The same hybrid, whose inside reads every request wherever the boundaries lie. */
function readingAll({ file }: Policy): Policy | undefined {
  const { classifier, tierBoundaries } = file
  if (classifier.kind !== 'hybrid' || classifier.inside.kind !== 'learned' || tierBoundaries.length === 0)
    return undefined
  return parsePolicy({ ...file, classifier: { ...classifier, boundaryMargin: 1 } })
}
