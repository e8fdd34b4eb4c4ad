import { nanoUsd } from '../money.js'
import type { ClassifierSpec } from '../policy-schema.js'
import type { Classifier, Service } from './classifier.js'
import { createHeuristic } from './heuristic.js'
import type { ServiceSpec } from './service-schema.js'

/**
 * Somebody is asked and paid for the assessment of each request. What stands here is what decides where that fails: the rules,
 * whose features these are. The call itself is a part of the run (`core/run.ts`) and of its budgets.
 */
export function createService(spec: Extract<ClassifierSpec, { kind: 'service' }>): Classifier {
  const rules = createHeuristic({ kind: 'heuristic', heuristic: spec.heuristic })
  return { ...rules, kind: spec.kind, service: serviceOf(spec, () => true) }
}

/** When it is asked is the caller's to say. */
export function serviceOf(
  { name, maxCostUsd, expectedCostUsd = maxCostUsd, expectedLatencyMs, timeoutMs }: ServiceSpec,
  isAsked: Service['isAsked'],
): Service {
  return {
    name,
    maxCostNanoUsd: nanoUsd(maxCostUsd),
    expectedCostNanoUsd: nanoUsd(expectedCostUsd),
    expectedLatencyMs,
    timeoutMs,
    isAsked,
  }
}
