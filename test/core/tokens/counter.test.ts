import fc from 'fast-check'
import { Tiktoken } from 'js-tiktoken/lite'
import cl100k from 'js-tiktoken/ranks/cl100k_base'
import ranks from 'js-tiktoken/ranks/o200k_base'
import { describe, expect, it } from 'vitest'
import { createTokenCounter, MAX_COUNTED_BYTES } from '../../../src/core/tokens/counter.js'
import { realPrompts, TEXTS } from './texts.js'

const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31))
const counter = createTokenCounter(ranks)
const tiktoken = new Tiktoken(ranks)
const expected = (text: string): number => tiktoken.encode(text, [], []).length

/** Fragments between which the pre-tokenizer must choose, so that random strings are not all alike. */
const fragment = fc.oneof(
  fc.constantFrom(
    ' ',
    '  ',
    '\t',
    '\n',
    '\r\n',
    ' \n',
    "'",
    "'s",
    "'LL",
    "'Re",
    '/',
    '//',
    '.',
    '!',
    '\u00a0',
    '\u3000',
  ),
  fc.constantFrom(
    'a',
    'word',
    'The',
    'HTTP',
    'É',
    'ß',
    'ǅ',
    'ʰ',
    '中',
    'あ',
    'א',
    '\u0301',
    '😀',
    '\u{10400}',
    '\u{10428}',
    '\ud800',
  ),
  fc.constantFrom('0', '12', '3456', '½', '𝟘', '٣', '<|endoftext|>', 'function', 'return', '_', '+='),
  fc.string({ maxLength: 4 }),
)
const mixed = fc.array(fragment, { maxLength: 40 }).map((parts) => parts.join(''))
const anyUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
  .map((units) => String.fromCharCode(...units))
/** Longer than what is merged by scanning (64 bytes), short enough for js-tiktoken's cubic time. */
const longRun = fc
  .array(fc.constantFrom('a', 'e', 'n', 's', 't', 'q', 'th', 'ing', 'é', '中'), {
    minLength: 70,
    maxLength: 200,
  })
  .map((parts) => parts.join(''))

describe(`counts what js-tiktoken encodes (FC_SEED=${seed})`, () => {
  it.each(TEXTS.map((text) => [JSON.stringify(text).slice(0, 60), text]))('%s', (_name, text) => {
    expect(counter.count(text)).toBe(expected(text))
  })

  it('all built-in texts in one, twice: what is remembered gives the same', () => {
    const text = TEXTS.join('\n')
    expect([counter.count(text), counter.count(text)]).toEqual([expected(text), expected(text)])
  })

  const prompts = realPrompts()
  it.skipIf(prompts === undefined)(
    prompts === undefined
      ? 'real prompts: skipped, ../shared/data is absent'
      : `${prompts.length} real prompts`,
    () => {
      const wrong = prompts?.filter((prompt) => counter.count(prompt) !== expected(prompt))
      expect(wrong).toEqual([])
    },
  )

  it.each([
    ['mixed fragments', mixed, 3000],
    ['any UTF-16, lone surrogates too', anyUnits, 1000],
    ['any code points', fc.string({ unit: 'binary', maxLength: 60 }), 1000],
    ['long unbroken runs', longRun, 60],
  ])('%s', (_name, text, numRuns) => {
    fc.assert(
      fc.property(text, (value) => counter.count(value) === expected(value)),
      { seed, numRuns },
    )
  })
})

describe('an input of any size', () => {
  it('is counted exactly up to the limit and bounded by bytes beyond it', () => {
    const half = 'hello wörld '.repeat(MAX_COUNTED_BYTES / 26)
    const exact = counter.count(half)
    expect(exact).toBeLessThan(half.length / 2)
    const beyond = counter.count(half + half + half)
    expect(beyond).toBeGreaterThanOrEqual(3 * exact)
    expect(beyond).toBeLessThanOrEqual(3 * Buffer.byteLength(half) - MAX_COUNTED_BYTES + 2 * exact + 20)
  })

  it('an unbroken piece that passes the limit counts as its bytes', () => {
    const length = MAX_COUNTED_BYTES + 1
    expect(counter.count(`word ${'a'.repeat(length)}`)).toBe(1 + 1 + length)
  })

  // js-tiktoken would need hours for these; the known counts are those of runs whose tokens are periodic.
  it.each([
    ['letters', 'a', 125_000],
    ['capitals', 'A', 125_000],
    ['ideographs', '中', undefined],
    ['spaces', ' ', 7813],
    ['newlines', '\n', undefined],
    ['digits', '7', 333_334],
    ['emoji', '😀', undefined],
    ['combining marks', '\u0301', undefined],
    ['apostrophes', "'", undefined],
    ['slashes', '/', undefined],
    ['ideograph and capital in turn', '中A', undefined],
    ['newline and spaces', '\n       ', undefined],
    ['astral letters', '\u{10400}', undefined],
  ])('one million of %s ends', (_name, unit, known) => {
    const text = unit.repeat(1_000_000 / unit.length)
    const count = counter.count(text)
    expect(count).toBeLessThanOrEqual(Buffer.byteLength(text))
    if (known !== undefined) expect(count).toBe(known)
  })
})

describe('createTokenCounter', () => {
  it('decodes nothing before the first count', () => {
    const poison = {
      pat_str: ranks.pat_str,
      get bpe_ranks(): string {
        throw new Error('read')
      },
    }
    const lazy = createTokenCounter(poison)
    expect(lazy.name).toBe('o200k_base')
    expect(() => lazy.count('x')).toThrow('read')
  })

  it('refuses an encoding it has no pre-tokenizer for', () => {
    expect(() => createTokenCounter(cl100k)).toThrow(RangeError)
  })
})
