import type { Scorer } from './scorer.js'
import type { ScorerSpec } from './scorer-schema.js'

/** The share of a rung's samples that agree. */
export function createAgreement(spec: Extract<ScorerSpec, { kind: 'agreement' }>): Scorer {
  return {
    kind: spec.kind,
    costNanoUsd: 0,
    latencyMs: 0,
    timeoutMs: undefined,
    score: ({ agreement }) => agreement ?? NaN,
  }
}
