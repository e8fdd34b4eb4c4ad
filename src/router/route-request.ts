import { measure, promptMessages, type Measured } from '../core/measure.js'
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
  /**
   * An upper bound of the input tokens for content that is not text; images cannot be bounded from here. It is added to the
   * text's own bound. Where all content is text it can only raise that bound.
   */
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
  check(given, id)
  const measured = measure(messages, counter, extractor, given.task)
  return {
    id,
    at,
    scope: given.scope ?? {},
    priority: given.priority ?? 'normal',
    task: given.task,
    needs: given.needs ?? [],
    inputTokensEstimate: measured.inputTokensEstimate,
    inputTokensBound: boundOf(measured, given.inputTokensBound),
    // A prompt without messages does not say where a conversation went on.
    sharedPrefixTokens: given.messages === undefined ? undefined : measured.sharedPrefixTokens,
    maxOutputTokens: given.maxOutputTokens,
    features: measured.features,
    assessment: given.assessment,
  }
}

/** What was measured is never lowered: a bound below the text would let a call cost more than it holds. */
function boundOf(
  { inputTokensBound, textTokensBound }: Measured,
  given: number | undefined,
): number | undefined {
  if (inputTokensBound !== undefined) return Math.max(inputTokensBound, given ?? 0)
  return given === undefined ? undefined : textTokensBound + given
}

/** The most tokens that a log keeps: what the runtime accepts, `tollgate import` reads. */
const MOST_TOKENS = 2 ** 31 - 1

function check(given: RouteRequest, id: string): void {
  if (typeof id !== 'string') throw new TypeError(`id must be a string, got ${typeof id}`)
  if (id === '') throw new RangeError('id must not be empty')
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
    if (label === '') throw new RangeError(`scope.${name} must not be empty: leave a missing label out`)
  }
}

function checkCount(name: string, value: number | undefined, least: number): void {
  if (value !== undefined && !(Number.isInteger(value) && value >= least && value <= MOST_TOKENS)) {
    throw new RangeError(`${name} must be a whole number from ${least} to ${MOST_TOKENS}, got ${value}`)
  }
}
