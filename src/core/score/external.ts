import { nanoUsd } from '../money.js'
import type { Scorer } from './scorer.js'
import type { ScorerSpec } from './scorer-schema.js'

/** Somebody else scores: the host's function in production, the log's `score` in replay. */
export function createExternal(spec: Extract<ScorerSpec, { kind: 'external' }>): Scorer {
  return {
    kind: spec.kind,
    costNanoUsd: nanoUsd(spec.costUsd),
    latencyMs: spec.latencyMs,
    timeoutMs: spec.timeoutMs,
    score: ({ score }) => score ?? NaN,
  }
}
