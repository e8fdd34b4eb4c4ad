import { measure, promptMessages } from '../../src/core/measure.js'
import { parsePolicy } from '../../src/core/policy.js'
import { tierOf } from '../../src/core/plan.js'

export interface Decided {
  readonly features: readonly (number | null)[]
  readonly difficulty: number
  readonly tier: number
}

/** What a policy makes of prompts, anywhere that JavaScript runs. */
export function decide(policyJson: unknown, prompts: readonly { text: string; task: string }[]): Decided[] {
  const { classifier, file } = parsePolicy(policyJson)
  const counter = { name: 'length', count: (text: string): number => text.length }
  return prompts.map(({ text, task }) => {
    const { features } = measure(promptMessages(text), counter, classifier.extractor, task)
    const difficulty = classifier.difficulty(features)
    const known = Array.from(features, (value) => (Number.isNaN(value) ? null : value))
    return { features: known, difficulty, tier: tierOf(difficulty, file.tierBoundaries) }
  })
}
