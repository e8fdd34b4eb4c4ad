import { at, listOf, objectOf, textOf } from './values.js'

/** True when a model API's answer says that it stopped at the output limit, in OpenAI's or Anthropic's words. */
export function isCutOff(response: unknown): boolean {
  const body = objectOf(response)
  if (body === undefined) return false
  const reason = textOf(at(listOf(body['choices'])?.[0], 'finish_reason') ?? body['stop_reason'])
  const incomplete = at(body, 'incomplete_details', 'reason')
  return reason === 'length' || reason === 'max_tokens' || incomplete === 'max_output_tokens'
}
