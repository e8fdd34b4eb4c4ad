import { describe, expect, it } from 'vitest'
import { heuristicSchema } from '../../../src/core/classify/heuristic-schema.js'
import { createClassifier } from '../../../src/core/classify/index.js'
import { promptMessages } from '../../../src/core/measure.js'

const heuristic = heuristicSchema.parse({})
const classifier = createClassifier({ kind: 'heuristic', heuristic }, { models: [], tierBoundaries: [] })
const difficultyOf = (prompt: string): number =>
  classifier.difficulty(classifier.extractor.extract(promptMessages(prompt), prompt.length / 4))

const SIMPLE = [
  'Rename the variable foo to bar in this file.',
  'Fix the missing import in utils.py',
  'Write a docstring for this function:\n```python\ndef f(x):\n    return x\n```',
]
const HARD = [
  'Debug this:\n```\nTraceback (most recent call last):\n  File "a.py", line 3, in <module>\nValueError: bad\n```\nWhy does it crash?',
  'Design a scalable, distributed rate limiter. Requirements:\n1. must handle 1M requests/s\n2. consistency across regions\n3. should degrade gracefully\nDiscuss trade-offs and the migration plan.',
]

describe('heuristic', () => {
  it('ranks plainly hard prompts above plainly simple ones', () => {
    expect(Math.max(...SIMPLE.map(difficultyOf))).toBeLessThan(0.35)
    expect(Math.min(...HARD.map(difficultyOf))).toBeGreaterThan(0.5)
  })

  it('names each part with its weight', () => {
    const parts = classifier.explain(classifier.extractor.extract(promptMessages(HARD[1] ?? ''), 60))
    expect(parts[0]).toEqual({ name: 'bias', value: 1, weight: heuristic.bias, part: heuristic.bias })
    expect(parts.map(({ name }) => name)).toEqual(['bias', ...classifier.extractor.names])
    expect(parts.find(({ name }) => name === 'keywords.design')?.weight).toBe(
      heuristic.keywords.design?.weight,
    )
    expect(parts.find(({ name }) => name === 'requirements')?.weight).toBe(heuristic.weights.requirements)
  })
})
