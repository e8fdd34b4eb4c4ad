import { describe, expect, it } from 'vitest'
import { parseUsage, type ParsedUsage } from '../../../src/logs/usage/parse-usage.js'
import { hasRealUsage, readRealUsage, referenceOf, type RealUsage } from './real-usage.js'

/**
 * Every class of objects of which we count other tokens than genai-prices, with the reason. Objects that disagree and
 * are in no class fail the test, as does a class that has another number of objects than stated.
 */
const DISAGREEMENTS: readonly {
  readonly reason: string
  readonly objects: number
  readonly is: (real: RealUsage) => boolean
}[] = [
  {
    reason:
      'Anthropic compacted the conversation first: the outer counts are of the last message only, and all iterations are billed',
    objects: 2,
    is: ({ body }) => JSON.stringify(body.usage?.['iterations'] ?? '').includes('"compaction"'),
  },
]

const REFERENCE_FIELDS: Readonly<Record<string, keyof ParsedUsage>> = {
  input_tokens: 'inputTokens',
  output_tokens: 'outputTokens',
  cache_read_tokens: 'cachedInputTokens',
  cache_write_tokens: 'cacheWriteTokens',
  output_reasoning_tokens: 'reasoningTokens',
  input_audio_tokens: 'audioInputTokens',
  output_audio_tokens: 'audioOutputTokens',
  cache_audio_read_tokens: 'cachedAudioInputTokens',
}

function differences(real: RealUsage): string[] {
  const ours = parseUsage(real.body)
  if (ours === undefined) return ['not parsed']
  const theirs = referenceOf(real).usage
  return Object.entries(REFERENCE_FIELDS)
    .filter(([field, name]) => (theirs[field] ?? 0) !== (ours[name] ?? 0))
    .map(([field, name]) => `${name}: ${ours[name] ?? 0}, not ${theirs[field] ?? 0}`)
}

describe.skipIf(!hasRealUsage)('usage objects that providers really answered', () => {
  const objects = hasRealUsage ? readRealUsage() : []
  const differing = objects.filter((real) => differences(real).length > 0)

  it('reads as genai-prices does, or for a stated reason otherwise', () => {
    expect(objects.length).toBe(1577)
    const unexplained = differing.filter((real) => !DISAGREEMENTS.some(({ is }) => is(real)))
    expect(unexplained.map((real) => [differences(real), real.body])).toEqual([])
  })

  it('agrees in all but the stated number of objects', () => {
    const counted = DISAGREEMENTS.map(({ is }) => differing.filter(is).length)
    expect(counted).toEqual(DISAGREEMENTS.map(({ objects: stated }) => stated))
    expect(objects.length - differing.length).toBe(1575)
  })
})
