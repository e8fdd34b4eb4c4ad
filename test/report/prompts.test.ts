import { describe, expect, it } from 'vitest'
import { promptExcerpt, promptIds } from '../../src/report/prompts.js'
import { aComparison } from '../builders/a-comparison.js'

const user = (content: string) => ({ role: 'user', content })

describe('what a page shows of a prompt', () => {
  it('is the last user message, whole where it is short', () => {
    expect(promptExcerpt([user(' fix it\nnow ')])).toBe('fix it\nnow')
    expect(promptExcerpt([user('a'), { role: 'assistant', content: 'b' }, user('c')])).toBe(
      '(turn 2 of a conversation)\nc',
    )
    expect(promptExcerpt([])).toBe('')
  })

  it('keeps both ends of a long one, and says how much is left out', () => {
    const excerpt = promptExcerpt([user(`${'a'.repeat(5000)}${'z'.repeat(5000)}`)])
    expect(excerpt).toMatch(/^a{300}\n\[… 9580 characters …\]\nz{120}$/)
    const lines = Array.from({ length: 40 }, (_, i) => `${i}`).join('\n')
    expect(promptExcerpt([user(lines)])).toBe('0\n1\n2\n3\n4\n[…]\n37\n38\n39')
  })

  it('names each request once', () => expect(promptIds(aComparison())).toEqual(['cw-00017', 'cw-00018']))
})
