import ranks from 'js-tiktoken/ranks/o200k_base'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../src/core/random.js'
import { createMerger } from '../../../src/core/tokens/merge.js'
import { createVocabulary, type Vocabulary } from '../../../src/core/tokens/vocabulary.js'

const vocabulary = createVocabulary(ranks.bpe_ranks)
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** The definition, word for word: join the lowest-ranked neighbours, leftmost first, until none are a token. */
function naiveCount(bytes: Uint8Array): number {
  const ends = Array.from(bytes, (_, i) => i + 1)
  for (;;) {
    let lowest = Infinity
    let at = -1
    for (let i = 0; i + 1 < ends.length; i++) {
      const rank = vocabulary.rankOf(bytes, ends[i - 1] ?? 0, ends[i + 1] as number)
      if (rank < 0x7fffffff && rank < lowest) [lowest, at] = [rank, i]
    }
    if (at < 0) return ends.length
    ends.splice(at, 1)
  }
}

function randomLetters(length: number, seed: number, alphabet: string): string {
  const random = createRandom(seed)
  return Array.from({ length }, () => alphabet[random.below(alphabet.length)]).join('')
}

describe('merge', () => {
  it.each([
    ['random letters', randomLetters(1500, 1, 'abcdefghijklmnopqrstuvwxyz')],
    ['frequent letters', randomLetters(1500, 2, 'eeetttaaoinshr')],
    ['two letters', randomLetters(1500, 3, 'ab')],
    ['one letter', 'a'.repeat(1501)],
    ['ideographs', '架构设计测试中文'.repeat(60)],
    ['spaces', ' '.repeat(1501)],
  ])('%s: the heap gives what the definition gives', (_name, text) => {
    const bytes = bytesOf(text)
    expect(createMerger(vocabulary)(bytes, bytes.length)).toBe(naiveCount(bytes))
  })

  it.each([10, 64, 65, 100_000])('looks up at most three joins a byte (%i letters)', (length) => {
    for (const alphabet of ['a', 'ab', 'eeetttaaoinshr', 'abcdefghijklmnopqrstuvwxyz']) {
      let lookUps = 0
      const counting: Vocabulary = {
        size: vocabulary.size,
        rankOf: (bytes, start, end) => {
          lookUps++
          return vocabulary.rankOf(bytes, start, end)
        },
      }
      createMerger(counting)(bytesOf(randomLetters(length, 4, alphabet)), length)
      expect(lookUps).toBeLessThanOrEqual(3 * length)
    }
  })
})

describe('createVocabulary', () => {
  it('holds every token under its rank', () => {
    const [, , ...first] = ranks.bpe_ranks.slice(0, 2000).split(' ').slice(0, -1)
    first.forEach((token, rank) => {
      const bytes = Buffer.from(token, 'base64')
      expect(vocabulary.rankOf(bytes, 0, bytes.length)).toBe(rank)
    })
    expect(vocabulary.size).toBe(199_998)
  })
})
