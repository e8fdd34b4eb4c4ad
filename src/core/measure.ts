import type { FeatureExtractor } from './classify/features.js'
import { isAllText, messageText } from './message-text.js'
import type { Message } from './request.js'
import type { TokenCounter } from './tokens/counter.js'
import { utf8Bytes } from './tokens/utf8.js'

/**
 * Tokens of the chat format around each message and before the answer, as OpenAI counts them (three and the role's one
 * a message, three for the start of the answer).
 * https://github.com/openai/openai-cookbook/blob/main/examples/How_to_count_tokens_with_tiktoken.ipynb
 */
const TOKENS_PER_MESSAGE = 4
const TOKENS_PER_REQUEST = 3

/** What the bound allows for the same, generously, as other providers wrap messages in other words. */
const BOUND_PER_MESSAGE = 16
const BOUND_PER_REQUEST = 16

export interface Measured {
  readonly inputTokensEstimate: number
  /** UTF-8 bytes and the allowances; undefined when some content is not text (an image needs the caller's bound). */
  readonly inputTokensBound: number | undefined
  /** The same bound of the text alone, whatever else the content holds. */
  readonly textTokensBound: number
  /**
   * Tokens that the conversation's last request had too: of the messages before the last answer; where no answer is among
   * them, of all but the last message.
   */
  readonly sharedPrefixTokens: number
  readonly features: Float64Array
}

/** What is known of a request's input from its messages alone: the same numbers at import and at runtime. */
export function measure(
  messages: readonly Message[],
  counter: TokenCounter,
  extractor: FeatureExtractor,
  task?: string,
): Measured {
  let inputTokensEstimate = TOKENS_PER_REQUEST
  let bound = BOUND_PER_REQUEST
  let bounded = true
  let sharedPrefixTokens = 0
  let isAnswered = false
  for (const message of messages) {
    const isAnswer = message.role === 'assistant'
    // Without an answer it comes to stand before the last message.
    if (isAnswer || !isAnswered) sharedPrefixTokens = inputTokensEstimate - TOKENS_PER_REQUEST
    isAnswered ||= isAnswer
    const text = messageText(message)
    const rest = otherFields(message)
    inputTokensEstimate += TOKENS_PER_MESSAGE + counter.count(text) + counter.count(rest)
    bound += BOUND_PER_MESSAGE + utf8Bytes(message.role) + utf8Bytes(text) + utf8Bytes(rest)
    bounded &&= isAllText(message)
  }
  return {
    inputTokensEstimate,
    inputTokensBound: bounded ? bound : undefined,
    textTokensBound: bound,
    sharedPrefixTokens,
    features: extractor.extract(messages, inputTokensEstimate, task),
  }
}

/** A prompt stands for one user message. */
export function promptMessages(prompt: string): readonly Message[] {
  return [{ role: 'user', content: prompt }]
}

/** Fields beside role and content (`name`, `tool_calls`) reach the model too: counted as their JSON. */
function otherFields(message: Message): string {
  const names = Object.keys(message)
  if (names.every((name) => name === 'role' || name === 'content')) return ''
  const { role: _role, content: _content, ...rest } = message
  return JSON.stringify(rest)
}
