import type { Classifier, Service } from '../core/classify/classifier.js'
import { InputError } from '../core/errors.js'
import type { LogTable } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'

/** How a service's assessments were come by in a replay. */
export interface AssessmentCounts {
  readonly service: string
  readonly recorded: number
  /** The log has none of the request, or it came too late: the rules assessed. */
  readonly failed: number
}

/** What a service answered about a row, and what that cost; without a difficulty it failed. */
export interface RecordedAssessment {
  readonly difficulty: number | undefined
  readonly costNanoUsd: number
  /** Whether the cost is the log's own. */
  readonly isCostKnown: boolean
  readonly latencyMs: number
}

/** The log's recorded assessments stand for what the service would have answered. */
export interface Assessments {
  of(row: number): RecordedAssessment
  readonly counts: AssessmentCounts
}

/** @throws InputError when the log has not one assessment. */
export function createAssessments(table: LogTable, policy: Policy): Assessments | undefined {
  const { service } = policy.classifier as Classifier
  if (service === undefined) return undefined
  if (table.size > 0 && table.assessedDifficulty.every(Number.isNaN))
    throw new InputError(
      `${policy.policyId} asks the service ${service.name}, and ${table.path} has no assessments: log them (assessment.difficulty), or replay a policy with a heuristic or learned classifier`,
    )
  const counts = { service: service.name, recorded: 0, failed: 0 }
  return {
    counts,
    of(row) {
      const answer = recordedAssessment(table, service, row)
      if (answer.difficulty === undefined) counts.failed++
      else counts.recorded++
      return answer
    },
  }
}

/** What is late is charged like what never came: all that was reserved. */
function recordedAssessment(table: LogTable, service: Service, row: number): RecordedAssessment {
  const difficulty = table.assessedDifficulty[row] ?? NaN
  const latencyMs = known(table.assessmentMs, row) ?? service.expectedLatencyMs
  const cost = known(table.assessmentNanoUsd, row)
  if (Number.isNaN(difficulty) || latencyMs > service.timeoutMs) {
    const late = Math.min(Number.isNaN(difficulty) ? service.timeoutMs : latencyMs, service.timeoutMs)
    return { difficulty: undefined, costNanoUsd: service.maxCostNanoUsd, isCostKnown: false, latencyMs: late }
  }
  return {
    difficulty,
    costNanoUsd: cost ?? service.expectedCostNanoUsd,
    isCostKnown: cost !== undefined,
    latencyMs,
  }
}

function known(column: Float64Array | undefined, row: number): number | undefined {
  const value = column?.[row] ?? NaN
  return Number.isNaN(value) ? undefined : value
}
