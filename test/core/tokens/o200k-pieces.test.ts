import fc from 'fast-check'
import ranks from 'js-tiktoken/ranks/o200k_base'
import { describe, expect, it } from 'vitest'
import { O200K_PATTERN, pieceEnd } from '../../../src/core/tokens/o200k-pieces.js'
import { realPrompts, TEXTS } from './texts.js'

const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31))

function pieces(text: string): string[] {
  const found: string[] = []
  for (let start = 0; start < text.length;) {
    const end = pieceEnd(text, start)
    found.push(text.slice(start, end))
    start = end
  }
  return found
}

function piecesByPattern(text: string): string[] {
  return Array.from(text.matchAll(new RegExp(ranks.pat_str, 'gu')), ([piece]) => piece)
}

/** One or two characters of every class, and what contractions are made of: all orders of them come up. */
const alphabet = "aZ中ʰ\u03019½ \t\n\r/!'sStTrReEvVmMlLdD\u00a0ǅ"
const hostile = fc
  .array(fc.constantFrom(...alphabet, '😀', '\u{10400}', '\u{10428}', '𝟘', '\ud800', '\udc00', '\u{1e130}'), {
    maxLength: 16,
  })
  .map((parts) => parts.join(''))

describe(`pieces of o200k_base (FC_SEED=${seed})`, () => {
  it('stands for the pattern that js-tiktoken ships', () => {
    expect(O200K_PATTERN).toBe(ranks.pat_str)
  })

  it('equal those of the regular expression on texts', () => {
    for (const text of [...TEXTS, ...(realPrompts() ?? [])])
      expect(pieces(text)).toEqual(piecesByPattern(text))
  })

  it('equal those of the regular expression on strings of every class', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(pieces(text)).toEqual(piecesByPattern(text))
      }),
      { seed, numRuns: 20_000 },
    )
  })

  it('equal those of the regular expression for each single code point after a letter, a space and a mark', () => {
    for (let point = 0; point < 0x110000; point += point < 0x3000 ? 1 : 37) {
      const char = String.fromCodePoint(point)
      const text = `a${char} ${char}A${char}a`
      expect(pieces(text)).toEqual(piecesByPattern(text))
    }
  })
})
