import { readRow } from '../core/classify/feature-rows.js'
import type { LogTable } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'
import { PRIORITIES, type Assessment, type Priority, type Request } from '../core/request.js'
import { successProbabilityOf } from './assessments.js'

/** Rows as the core's requests. The difficulty is assessed from the feature columns by the policy's own classifier. */
export interface RequestReader {
  read(row: number, scope: Readonly<Record<string, string>>): Request
}

const NO_NEEDS: readonly string[] = []

export function createRequestReader(table: LogTable, policy: Policy): RequestReader {
  const estimated = policy.budgets.length > 0 && policy.file.reservation.mode === 'estimateWithMargin'
  const difficulties = assess(table, policy)
  const predicts = policy.classifier.predictor !== undefined
  const { service } = policy.classifier
  const ownSuccess = table.assessedSuccess !== undefined
  const readsFeatures = predicts || service !== undefined
  /** A service is asked; what the log says of its answer comes when it has answered. */
  const isAssessed = (row: number): boolean => service !== undefined && service.isAsked(featuresOf(row))
  const featuresOf = (row: number): Float64Array =>
    readRow(table.features, row, new Float64Array(table.features.length))
  const told = (row: number): Assessment => {
    const difficulty = difficulties[row] as number
    return ownSuccess && !Number.isNaN(table.assessedDifficulty[row])
      ? { difficulty, ...successProbabilityOf(table, row) }
      : { difficulty }
  }
  const needs = table.needs.values.map((text) => JSON.parse(text) as string[])
  return {
    read(row, scope) {
      const bound = table.inputTokensBound[row] as number
      const maxOutputTokens = table.maxOutputTokens[row] as number
      const task = table.task.codes[row] as number
      return {
        id: table.ids[row] as string,
        at: table.at[row] as number,
        scope,
        priority: PRIORITIES[table.priority[row] as number] as Priority,
        task: task < 0 ? undefined : table.task.values[task],
        needs: needs[table.needs.codes[row] as number] ?? NO_NEEDS,
        inputTokensEstimate: estimateOf(table.inputTokensEstimate[row] as number, bound, estimated),
        inputTokensBound: bound < 0 ? undefined : bound,
        sharedPrefixTokens: sharedPrefixAt(table, row),
        maxOutputTokens: maxOutputTokens < 0 ? undefined : maxOutputTokens,
        features: readsFeatures ? featuresOf(row) : undefined,
        assessment: isAssessed(row) ? undefined : told(row),
      }
    },
  }
}

/** As the log has it; undefined where it says nothing. */
export function sharedPrefixAt({ sharedPrefixTokens }: LogTable, row: number): number | undefined {
  const shared = sharedPrefixTokens?.[row] ?? -1
  return shared < 0 ? undefined : shared
}

/** By row: the caller's own assessment where the log has one, unless it stands for what a service answers. */
function assess({ assessedDifficulty, features, size }: LogTable, policy: Policy): Float64Array {
  const difficulties = policy.classifier.difficulties(features, size)
  if (policy.classifier.service !== undefined) return difficulties
  for (let row = 0; row < size; row++) {
    const recorded = assessedDifficulty[row] as number
    if (!Number.isNaN(recorded)) difficulties[row] = recorded
  }
  return difficulties
}

/**
 * An unknown input counts nothing against a context window. But where budgets hold by estimates, the bound stands in for
 * it, and without one no model may take it: a reservation for an input of 0 would hold no cap.
 */
function estimateOf(estimate: number, bound: number, reserved: boolean): number {
  if (estimate >= 0) return estimate
  if (!reserved) return 0
  return bound >= 0 ? bound : Infinity
}
