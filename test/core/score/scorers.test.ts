import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  agreementOf,
  finishOf,
  FINISHES,
  readsLikeRefusal,
  SIGNS,
  signsOf,
} from '../../../src/core/score/answer-signs.js'
import { createScorer } from '../../../src/core/score/index.js'
import type { ScorerSpec } from '../../../src/core/score/scorer-schema.js'
import { seed } from '../../properties/seed.js'

const WEIGHTS = {
  id: 'small',
  intercept: -0.5,
  success: 1,
  meanSuccess: 0.6,
  typicalOutputTokens: 200,
  length: -0.4,
  lengthSquared: -0.2,
  cut: -2,
  filtered: -3,
  refused: -4,
  agreement: 3,
}
const SPECS: { readonly [Kind in ScorerSpec['kind']]: Extract<ScorerSpec, { kind: Kind }> } = {
  external: { kind: 'external', costUsd: 0.001, latencyMs: 100, timeoutMs: 500 },
  agreement: { kind: 'agreement' },
  acceptance: { kind: 'acceptance', models: [WEIGHTS] },
}
const MODELS = [{ id: 'small' }, { id: 'large' }]
const NOTHING = { success: undefined, outputTokens: undefined }
const share = fc.double({ min: 0, max: 1, noNaN: true })
const maybe = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined })

describe.each(Object.values(SPECS))('$kind keeps the contract of scorers', (spec) => {
  const scorer = createScorer(spec, MODELS)

  it('scores in [0, 1] or not at all, the same each time', () => {
    const answer = fc.record({
      outputTokens: maybe(fc.nat(1e6)),
      finish: maybe(fc.constantFrom(...FINISHES)),
      refused: maybe(fc.boolean()),
      agreement: maybe(share),
      score: maybe(share),
    })
    const expected = fc.record({
      success: maybe(share),
      outputTokens: maybe(fc.double({ min: 0, max: 1e6, noNaN: true })),
    })
    fc.assert(
      fc.property(answer, expected, fc.integer({ min: 0, max: 1 }), (signs, told, model) => {
        const score = scorer.score(signs, model, told)
        expect(Number.isNaN(score) || (score >= 0 && score <= 1)).toBe(true)
        expect(scorer.score(signs, model, told)).toBe(score)
      }),
      { seed },
    )
  })

  it('bears the kind of its spec', () => expect(scorer.kind).toBe(spec.kind))
})

describe('an acceptance model', () => {
  const { score } = createScorer(SPECS.acceptance, MODELS)

  it('is the logistic of its weighted signs', () => {
    // -0.5 + ln(0.8 / 0.2) - 0.4 ln(401/201) - 0.2 ln(401/201)^2
    const log = Math.log(401 / 201)
    const sum = -0.5 + Math.log(4) - 0.4 * log - 0.2 * log ** 2
    expect(score({ outputTokens: 400 }, 0, { success: 0.8, outputTokens: undefined })).toBeCloseTo(
      1 / (1 + Math.exp(-sum)),
      6,
    )
  })

  it('holds against an answer that it was cut, filtered, refused or stood alone', () => {
    const plain = score({}, 0, NOTHING)
    for (const bad of [
      { finish: 'cut' },
      { finish: 'filtered' },
      { refused: true },
      { agreement: 0.2 },
    ] as const)
      expect(score(bad, 0, NOTHING)).toBeLessThan(plain)
    expect(score({ agreement: 1 }, 0, NOTHING)).toBeGreaterThan(plain)
  })

  it('says nothing of a model that it has not learned', () => expect(score({}, 1, NOTHING)).toBeNaN())
})

describe('signs of an answer', () => {
  it('know the finish reasons of the providers', () => {
    expect(['stop', 'end_turn', 'STOP', 'tool_calls', 'completed'].map(finishOf)).toEqual(
      Array(5).fill('complete'),
    )
    expect(['length', 'max_tokens', 'MAX_TOKENS', 'max_output_tokens'].map(finishOf)).toEqual(
      Array(4).fill('cut'),
    )
    expect(['content_filter', 'SAFETY', 'refusal'].map(finishOf)).toEqual(Array(3).fill('filtered'))
    expect([undefined, null, '', 'other'].map(finishOf)).toEqual(Array(4).fill(undefined))
  })

  it('come back from their bits', () => {
    expect(signsOf(0)).toEqual({ finish: undefined, refused: undefined })
    expect(signsOf(SIGNS.cut | SIGNS.notRefused)).toEqual({ finish: 'cut', refused: false })
    expect(signsOf(SIGNS.complete | SIGNS.refused)).toEqual({ finish: 'complete', refused: true })
  })

  it('tell a refusal from an answer that quotes one', () => {
    expect(readsLikeRefusal("I'm sorry, but I can't help with that.")).toBe(true)
    expect(readsLikeRefusal('As an AI language model, I have no opinion')).toBe(true)
    expect(readsLikeRefusal('The error says: unable to open file. Here is the fix.')).toBe(false)
    expect(readsLikeRefusal(`${'x'.repeat(400)} I'm sorry, but I cannot help`)).toBe(false)
  })

  it('count agreement whatever the case, spaces and full stops', () => {
    expect(agreementOf(['42', ' 42. ', '41'])).toEqual({ index: 0, share: 2 / 3 })
    expect(agreementOf(['b', 'A', 'a'])).toEqual({ index: 1, share: 2 / 3 })
    expect(agreementOf(['x'])).toEqual({ index: 0, share: 1 })
    expect(() => agreementOf([])).toThrow(RangeError)
  })
})
