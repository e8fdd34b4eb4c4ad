import type { Service } from '../core/classify/classifier.js'
import { nanoUsd } from '../core/money.js'
import type { Assessment } from '../core/request.js'
import type { RouteRequest } from './route-request.js'

/** What a service says of a request; `costUsd` is what it billed. */
export type ServiceAssessment = Omit<Assessment, 'latencyMs'>

/** Asks whoever assesses. `signal` aborts when the policy's patience is over; `maxCostUsd` is what is reserved. */
export type AssessRequest = (
  request: RouteRequest,
  options: { readonly signal: AbortSignal; readonly maxCostNanoUsd: number; readonly service: string },
) => ServiceAssessment | Promise<ServiceAssessment>

export interface AskedService {
  /** Undefined where it failed, was late, or said something that is no assessment. */
  readonly assessment: Assessment | undefined
  readonly chargeNanoUsd: number
  readonly settlement: 'actual' | 'bound'
}

/** A failed or late assessment, and one whose cost nobody tells, is charged what was reserved for it. */
export async function askService(
  { name, maxCostNanoUsd, timeoutMs }: Service,
  given: { readonly request: RouteRequest; readonly assess: AssessRequest; readonly now: () => number },
  onFailure: (error: Error) => void,
): Promise<AskedService> {
  const { request, assess, now } = given
  const patience = new AbortController()
  const started = now()
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new RangeError(`${name} did not assess within ${timeoutMs} ms`))
        patience.abort()
      }, timeoutMs)
    })
    const options = { signal: patience.signal, maxCostNanoUsd, service: name }
    const answer = checked(await Promise.race([(async () => assess(request, options))(), late]), name)
    const assessment = { ...answer, by: name, latencyMs: Math.max(0, now() - started) }
    return answer.costUsd === undefined
      ? { assessment, chargeNanoUsd: maxCostNanoUsd, settlement: 'bound' }
      : { assessment, chargeNanoUsd: nanoUsd(answer.costUsd), settlement: 'actual' }
  } catch (error) {
    onFailure(error instanceof Error ? error : new Error(String(error)))
    return { assessment: undefined, chargeNanoUsd: maxCostNanoUsd, settlement: 'bound' }
  } finally {
    clearTimeout(timer)
  }
}

function checked(answer: ServiceAssessment, name: string): ServiceAssessment {
  const { difficulty, costUsd, successProbability = {} } = answer
  const shares = { difficulty, ...successProbability }
  for (const [what, share] of Object.entries(shares))
    if (!(share >= 0 && share <= 1)) throw new RangeError(`${name} must give ${what} in [0, 1], got ${share}`)
  if (costUsd !== undefined && !(costUsd >= 0 && Number.isFinite(costUsd)))
    throw new RangeError(`${name} must give costUsd as US dollars of at least 0, got ${costUsd}`)
  return answer
}
