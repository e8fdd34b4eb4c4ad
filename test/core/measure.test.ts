import { describe, expect, it } from 'vitest'
import { createExtractor } from '../../src/core/classify/features.js'
import { heuristicSchema } from '../../src/core/classify/heuristic-schema.js'
import { measure, promptMessages } from '../../src/core/measure.js'
import type { Message } from '../../src/core/request.js'
import { defaultCounter } from '../../src/router/default-counter.js'
import { TEXTS } from './tokens/texts.js'

const extractor = createExtractor(heuristicSchema.parse({}))
const measured = (messages: readonly Message[]) => measure(messages, defaultCounter(), extractor)

describe('measure', () => {
  it('adds the tokens of the chat format to those of the text', () => {
    const { inputTokensEstimate, inputTokensBound } = measured(promptMessages('hello world'))
    expect(inputTokensEstimate).toBe(2 + 4 + 3)
    expect(inputTokensBound).toBe(11 + 'user'.length + 16 + 16)
  })

  it('sums over messages and text parts', () => {
    const parts = [
      { type: 'text', text: 'hello' },
      { type: 'text', text: 'world' },
    ]
    const messages = [
      { role: 'system', content: 'hello' },
      { role: 'user', content: parts },
    ]
    expect(measured(messages).inputTokensEstimate).toBe(1 + 4 + (3 + 4) + 3)
    expect(measured(messages).inputTokensBound).toBe(5 + 6 + 16 + (11 + 4 + 16) + 16)
  })

  it('knows no bound when content is not text', () => {
    const image = [
      { type: 'text', text: 'what is this' },
      { type: 'image_url', image_url: { url: 'x' } },
    ]
    const { inputTokensBound, inputTokensEstimate } = measured([{ role: 'user', content: image }])
    expect(inputTokensBound).toBeUndefined()
    expect(inputTokensEstimate).toBe(3 + 4 + 3)
    expect(measured([{ role: 'user', content: image }]).textTokensBound).toBe(12 + 4 + 16 + 16)
    expect(measured([{ role: 'user', content: 7 as unknown as string }]).inputTokensBound).toBeUndefined()
  })

  it('counts tool calls, whose content is null, by their JSON', () => {
    const call = {
      role: 'assistant',
      content: null,
      tool_calls: [{ function: { name: 'f', arguments: '{"x":1}' } }],
    }
    const bound = measured([call as unknown as Message]).inputTokensBound
    expect(bound).toBe(JSON.stringify({ tool_calls: call.tool_calls }).length + 'assistant'.length + 16 + 16)
  })

  it('bounds the estimate of every text', () => {
    for (const text of TEXTS) {
      const { inputTokensEstimate, inputTokensBound } = measured(promptMessages(text))
      expect(inputTokensBound).toBeGreaterThanOrEqual(inputTokensEstimate)
    }
  })

  it('extracts the features with its own estimate', () => {
    const messages = promptMessages('debug '.repeat(500))
    const { inputTokensEstimate, features } = measured(messages)
    expect(features).toEqual(extractor.extract(messages, inputTokensEstimate))
  })
})
