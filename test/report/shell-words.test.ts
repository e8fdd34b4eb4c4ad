import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shellWords } from '../../src/report/shell-words.js'

describe('words for a shell', () => {
  it('have quotes only where they need them', () => {
    expect(shellWords(['tollgate', '--where', "task='x' and id^=a", 'a-b_c/d.json'])).toBe(
      String.raw`tollgate --where 'task='\''x'\'' and id^=a' a-b_c/d.json`,
    )
  })

  it('come back as they were (property)', () => {
    const word = fc.string({ minLength: 1 }).filter((text) => !text.includes('\u0000'))
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        const read = execFileSync('sh', ['-c', `printf '%s\\0' ${shellWords(words)}`], { encoding: 'utf8' })
        expect(read.split('\u0000').slice(0, -1)).toEqual(words)
      }),
      { numRuns: 40 },
    )
  })
})
