import type { Classifier, Service } from '../core/classify/classifier.js'
import { InputError } from '../core/errors.js'
import type { LogTable } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'
import type { Assessment } from '../core/request.js'

/** How a service's assessments were come by in a replay. */
export interface AssessmentCounts {
  readonly service: string
  readonly recorded: number
  /** The log has none of the request, or it came too late: the rules assessed. */
  readonly failed: number
}

/** What a service answered about a row, and what that cost; without an assessment it failed. */
export interface RecordedAssessment {
  readonly assessment: Assessment | undefined
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
  const difficulties = answersOf(table, service)
  if (table.size > 0 && difficulties.every(Number.isNaN))
    throw new InputError(
      `${policy.policyId} asks the service ${service.name}, and ${table.path} has no assessments of it: log them (assessment.difficulty, assessment.by), or replay a policy with a heuristic or learned classifier`,
    )
  const counts = { service: service.name, recorded: 0, failed: 0 }
  return {
    counts,
    of(row) {
      const answer = recordedAssessment(table, service, row, difficulties[row] ?? NaN)
      if (answer.assessment === undefined) counts.failed++
      else counts.recorded++
      return answer
    },
  }
}

/** A log that does not name who assessed is taken at its word: its assessments are those of the policy's service. */
function answersOf({ assessedDifficulty, serviceAssessments }: LogTable, { name }: Service): Float64Array {
  if (serviceAssessments === undefined) return assessedDifficulty
  const { by, difficulty } = serviceAssessments
  const own = by.values.indexOf(name)
  return assessedDifficulty.map((told, row) =>
    by.codes[row] === own && own >= 0 ? (difficulty[row] ?? NaN) : told,
  )
}

/** Of each model that the log's assessment names. */
export function successProbabilityOf(
  { assessedSuccess }: LogTable,
  row: number,
): Pick<Assessment, 'successProbability'> {
  if (assessedSuccess === undefined) return {}
  const told = Object.entries(assessedSuccess).map(([model, column]) => [model, column[row] ?? NaN] as const)
  const known = told.filter(([, share]) => !Number.isNaN(share))
  return known.length === 0 ? {} : { successProbability: Object.fromEntries(known) }
}

/** What is late is charged like what never came: all that was reserved. */
function recordedAssessment(
  table: LogTable,
  service: Service,
  row: number,
  difficulty: number,
): RecordedAssessment {
  const latencyMs = known(table.assessmentMs, row) ?? service.expectedLatencyMs
  const cost = known(table.assessmentNanoUsd, row)
  if (Number.isNaN(difficulty) || latencyMs > service.timeoutMs) {
    const late = Math.min(Number.isNaN(difficulty) ? service.timeoutMs : latencyMs, service.timeoutMs)
    return { assessment: undefined, costNanoUsd: service.maxCostNanoUsd, isCostKnown: false, latencyMs: late }
  }
  return {
    assessment: { difficulty, ...successProbabilityOf(table, row) },
    costNanoUsd: cost ?? service.expectedCostNanoUsd,
    isCostKnown: cost !== undefined,
    latencyMs,
  }
}

function known(column: Float64Array | undefined, row: number): number | undefined {
  const value = column?.[row] ?? NaN
  return Number.isNaN(value) ? undefined : value
}
