import { measure, promptMessages } from '../core/measure.js'
import { PRIORITIES, type Assessment, type Message, type Priority, type Request } from '../core/request.js'
import type { FeatureExtractor } from '../core/classify/features.js'
import type { TokenCounter } from '../core/tokens/counter.js'

/** What a caller hands to `route` and `run`. Text is read here and goes no further unless the decision log wants it. */
export interface RouteRequest {
  /** Made up when left out. Asking again with the id of a deferred request goes on where it left off. */
  readonly id?: string
  readonly prompt?: string
  readonly messages?: readonly Message[]
  /** Labels that budgets look at: org, team, user, session, or any other. */
  readonly scope?: Readonly<Record<string, string>>
  readonly priority?: Priority
  readonly maxOutputTokens?: number
  readonly needs?: readonly string[]
  readonly task?: string
  /** An upper bound of the input tokens for content that is not text; images cannot be bounded from here. */
  readonly inputTokensBound?: number
  /** The caller's own assessment is used as it is. */
  readonly assessment?: Assessment
}

export interface Measuring {
  readonly counter: TokenCounter
  readonly extractor: FeatureExtractor
}

/**
 * The request as the core sees it.
 * @throws TypeError or RangeError naming what is wrong with the caller's request.
 */
export function toRequest(
  given: RouteRequest,
  id: string,
  at: number,
  { counter, extractor }: Measuring,
): Request {
  const messages = given.messages ?? (given.prompt === undefined ? undefined : promptMessages(given.prompt))
  if (messages === undefined) throw new TypeError('request must have a prompt or messages')
  check(given)
  const measured = measure(messages, counter, extractor)
  return {
    id,
    at,
    scope: given.scope ?? {},
    priority: given.priority ?? 'normal',
    needs: given.needs ?? [],
    inputTokensEstimate: measured.inputTokensEstimate,
    inputTokensBound: given.inputTokensBound ?? measured.inputTokensBound,
    maxOutputTokens: given.maxOutputTokens,
    features: measured.features,
    assessment: given.assessment,
  }
}

function check(given: RouteRequest): void {
  if (given.priority !== undefined && !PRIORITIES.includes(given.priority)) {
    throw new RangeError(`priority must be one of ${PRIORITIES.join(', ')}, got ${String(given.priority)}`)
  }
  checkCount('maxOutputTokens', given.maxOutputTokens, 1)
  checkCount('inputTokensBound', given.inputTokensBound, 0)
  const difficulty = given.assessment?.difficulty
  if (difficulty !== undefined && !(difficulty >= 0 && difficulty <= 1)) {
    throw new RangeError(`assessment.difficulty must be in [0, 1], got ${difficulty}`)
  }
  for (const [name, label] of Object.entries(given.scope ?? {})) {
    if (typeof label !== 'string') throw new TypeError(`scope.${name} must be a string, got ${typeof label}`)
  }
}

function checkCount(name: string, value: number | undefined, least: number): void {
  if (value !== undefined && !(Number.isSafeInteger(value) && value >= least)) {
    throw new RangeError(`${name} must be a whole number of at least ${least}, got ${value}`)
  }
}
