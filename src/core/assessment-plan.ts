import type { Candidate } from './budget/choose.js'
import type { Claims } from './budget/claims.js'
import type { Service } from './classify/classifier.js'
import { PICO_PER_NANO } from './money.js'
import type { Plan } from './plan.js'
import { PRIORITIES, type Request } from './request.js'

/** What a paid assessment holds in the pools of its request: its largest cost, whatever it turns out to be. Nothing waits for it. */
export function assessmentPlan(
  { maxCostNanoUsd }: Service,
  { priority }: Request,
  claims: Extract<Claims, { kind: 'claims' }>,
): Plan {
  const candidate: Candidate = {
    model: NO_MODEL,
    expectedNanoUsd: maxCostNanoUsd,
    inputBoundPico: maxCostNanoUsd * PICO_PER_NANO,
    outputPricePico: 0,
    minOutputTokens: 0,
    maxOutputTokens: 0,
  }
  return {
    difficulty: NaN,
    requiredTier: 0,
    first: candidate,
    selected: [candidate],
    lower: () => [],
    pools: claims.pools,
    requestCapNanoUsd: claims.requestCap?.capNanoUsd ?? Infinity,
    priority: PRIORITIES.indexOf(priority),
    onExceed: 'reject',
  }
}

const NO_MODEL = -1
