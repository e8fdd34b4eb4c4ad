import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../src/core/random.js'
import type { Message } from '../../../src/core/request.js'
import { createComponents } from '../../../src/tune/near-duplicates/components.js'
import { nearDuplicates } from '../../../src/tune/near-duplicates/near-duplicates.js'
import { nearPairs } from '../../../src/tune/near-duplicates/near-pairs.js'
import { jaccard, shinglesOf } from '../../../src/tune/near-duplicates/shingles.js'
import { withoutTemplates } from '../../../src/tune/near-duplicates/template-prefix.js'
import { seed } from '../../properties/seed.js'

const asked = (text: string): readonly Message[] => [{ role: 'user', content: text }]
/** Sentences of words that nobody else uses. */
const novel = (name: string, words = 20): string =>
  Array.from({ length: words }, (_, i) => `${name}${i}`).join(' ')

describe('shinglesOf', () => {
  it('are three words in a row, whatever their case and punctuation, each once', () => {
    expect(shinglesOf('Sort the LIST, please!')).toEqual(shinglesOf('sort the list please'))
    expect(shinglesOf('a b c d')).toHaveLength(2)
    expect(shinglesOf('a b c a b c')).toHaveLength(3)
    expect([...shinglesOf(novel('w'))]).toEqual([...shinglesOf(novel('w'))].sort((a, b) => a - b))
  })

  it('are all words together where there are fewer, and none of no word', () => {
    expect(shinglesOf('Why?')).toHaveLength(1)
    expect(shinglesOf('Why?')).not.toEqual(shinglesOf('Who?'))
    expect(shinglesOf('?! …')).toHaveLength(0)
  })

  it('take each character as a word where scripts leave no blanks', () => {
    expect(shinglesOf('数据库很慢')).toHaveLength(3)
  })
})

describe('jaccard', () => {
  it('is the share of what both have', () => {
    const of = (...values: number[]): Uint32Array => Uint32Array.from(values)
    expect(jaccard(of(1, 2, 3, 4), of(2, 3, 4, 5))).toBeCloseTo(3 / 5, 12)
    expect(jaccard(of(1), of(2))).toBe(0)
    expect(jaccard(of(), of())).toBe(0)
  })
})

describe('withoutTemplates', () => {
  const template = 'You are a helpful reviewer. Look at this function: '

  it('leaves out the longest beginning that enough messages share, in whole words', () => {
    const messages = Array.from({ length: 40 }, (_, i) => `${template}parse${i}`)
    const others = Array.from({ length: 60 }, (_, i) => novel(`other${i}x`))
    const stripped = withoutTemplates([...messages, ...others])
    // All names begin alike, and no name is cut in two.
    expect(stripped.slice(0, 40).map((text) => text.trim())).toEqual(messages.map((_, i) => `parse${i}`))
    expect(stripped.slice(40)).toEqual(others)
  })

  it('keeps what is said by fewer, what is short, and a message that is all template', () => {
    const few = Array.from({ length: 19 }, (_, i) => `${template}${novel(`f${i}x`)}`)
    expect(withoutTemplates([...few, ...Array.from({ length: 9 }, (_, i) => novel(`o${i}x`))])[0]).toBe(
      few[0],
    )
    const short = Array.from({ length: 50 }, (_, i) => `What is ${novel(`q${i}x`)}?`)
    expect(withoutTemplates(short)).toEqual(short)
    const same = new Array<string>(50).fill(template)
    expect(withoutTemplates(same)).toEqual(same)
  })
})

describe(`nearPairs (FC_SEED=${seed})`, () => {
  it('finds what holding each text against each finds', () => {
    const words = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 4, maxLength: 14 })
    fc.assert(
      fc.property(fc.array(words, { minLength: 2, maxLength: 20 }), (texts) => {
        const sets = texts.map((text) => Uint32Array.from(new Set(text)).sort())
        const [found, all] = [createComponents(sets.length), createComponents(sets.length)]
        nearPairs(sets, 1, found)
        for (let a = 0; a < sets.length; a++)
          for (let b = 0; b < a; b++) if (jaccard(sets[a]!, sets[b]!) >= 0.8) all.join(a, b)
        expect(sets.map((_, at) => found.first(at))).toEqual(sets.map((_, at) => all.first(at)))
      }),
      { seed },
    )
  })
})

describe('nearDuplicates', () => {
  const changed = (text: string, place: number): string =>
    text
      .split(' ')
      .map((word, i) => (i === place ? 'changed' : word))
      .join(' ')
  const long = novel('long', 60)

  it('joins messages that differ in a word of sixty, and chains of them', () => {
    const chain = [
      long,
      changed(long, 5),
      changed(changed(long, 5), 30),
      changed(changed(changed(long, 5), 30), 50),
    ]
    const messages = [...chain.map(asked), asked(novel('else')), asked(changed(novel('else'), 10))]
    expect([...nearDuplicates(messages, 1).firstOf]).toEqual([0, 0, 0, 0, 4, 5])
  })

  it('looks at the last user message alone', () => {
    const history = (first: string, last: string): readonly Message[] => [
      { role: 'system', content: long },
      ...asked(first),
      { role: 'assistant', content: novel('answer') },
      ...asked(last),
    ]
    const messages = [history('one', novel('x')), history('two', novel('x')), history('one', novel('y'))]
    expect([...nearDuplicates(messages, 1).firstOf]).toEqual([0, 0, 2])
  })

  it('takes a few words together with what they follow', () => {
    const chat = (first: string, last: string): readonly Message[] => [
      ...asked(first),
      { role: 'assistant', content: 'done' },
      ...asked(last),
    ]
    const messages = [
      chat(novel('x'), 'make it shorter'),
      chat(novel('y'), 'make it shorter'),
      chat(novel('x'), 'Make it shorter!'),
      asked('make it shorter'),
      asked('make it shorter'),
    ]
    expect([...nearDuplicates(messages, 1).firstOf]).toEqual([0, 1, 0, 3, 3])
  })

  it('leaves requests without a text alone', () => {
    const { firstOf, withText } = nearDuplicates(
      [undefined, asked('same as'), undefined, asked('Same as!'), []],
      1,
    )
    expect([[...firstOf], withText]).toEqual([[0, 1, 2, 1, 4], 2])
  })

  it('takes seconds for 20,000 messages that have much in common, and says the same again', () => {
    const random = createRandom(9)
    const messages = Array.from({ length: 20_000 }, () => {
      const words = Array.from({ length: 50 }, (_, i) =>
        random.next() < 0.12 ? `w${random.below(500)}` : `common${i}`,
      )
      return asked(words.join(' '))
    })
    const started = performance.now()
    const { firstOf } = nearDuplicates(messages, 1)
    expect(performance.now() - started).toBeLessThan(20_000)
    expect(nearDuplicates(messages.slice(0, 2000), 1).firstOf).toEqual(
      nearDuplicates(messages.slice(0, 2000), 1).firstOf,
    )
    expect(firstOf).toHaveLength(20_000)
  })
})
