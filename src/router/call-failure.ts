import type { Usage } from '../core/usage.js'

/** What a failed call means for money and for failover. */
export interface CallFailure {
  readonly kind: 'failed' | 'aborted'
  readonly retryable: boolean
  readonly usage: Usage | undefined
  /** The provider refused the request before doing any work (an HTTP 4xx answer): nothing is billed. */
  readonly refused: boolean
}

const RETRYABLE_STATUS = new Set([408, 409, 425, 429])
const NETWORK_CODES = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_SOCKET',
])

/**
 * Reads the errors of the common clients (`status` of the OpenAI and Anthropic SDKs, `statusCode` of the AI SDK, Node's
 * `code`). An abort is the caller's own; an HTTP 4xx answer bills nothing; anything else may have been billed, and with no
 * usage known the reservation is charged.
 */
export function readFailure(error: unknown): CallFailure {
  const shape = (typeof error === 'object' && error !== null ? error : {}) as {
    readonly name?: unknown
    readonly status?: unknown
    readonly statusCode?: unknown
    readonly code?: unknown
    readonly retryable?: unknown
    readonly usage?: Usage
  }
  const status = Number(shape.status ?? shape.statusCode)
  const aborted = shape.name === 'AbortError' || shape.name === 'APIUserAbortError'
  const networkFailed = NETWORK_CODES.has(String(shape.code)) || shape.name === 'TimeoutError'
  const statusSays = RETRYABLE_STATUS.has(status) || status >= 500
  return {
    kind: aborted ? 'aborted' : 'failed',
    retryable:
      typeof shape.retryable === 'boolean' ? shape.retryable : !aborted && (statusSays || networkFailed),
    usage: shape.usage,
    refused: status >= 400 && status < 500,
  }
}
