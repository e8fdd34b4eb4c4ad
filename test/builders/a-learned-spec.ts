import type { LearnedSpec } from '../../src/core/classify/learned-schema.js'
import { createRandom } from '../../src/core/random.js'
import { learn } from '../../src/tune/learn/learn.js'

const EASY = [
  'rename the variable',
  'fix the import',
  'write a docstring for the function',
  'complete the line',
]
const HARD = [
  'design a distributed lock',
  'find the race condition in the scheduler',
  'prove that the bound is tight',
]
const THINGS = [
  'parser',
  'cache',
  'queue',
  'router',
  'ledger',
  'report',
  'index',
  'lexer',
  'worker',
  'planner',
]

export interface LabelledPrompt {
  readonly text: string
  readonly task: string
  readonly hard: boolean
}

/** Prompts of which anybody can tell whether they are hard. */
export function labelledPrompts(count: number, seed = 7): LabelledPrompt[] {
  const random = createRandom(seed)
  const any = (list: readonly string[]): string => list[Math.floor(random.next() * list.length)]!
  return Array.from({ length: count }, () => {
    const hard = random.next() < 0.4
    const text = `${any(hard ? HARD : EASY)} of the ${any(THINGS)} and the ${any(THINGS)}, number ${Math.floor(random.next() * 100)}`
    return { text, task: random.next() < 0.5 ? 'web' : 'data', hard }
  })
}

/** Learned from them: the first model fails on what is hard, the last one fails nowhere. */
export function aLearnedSpec(ids: readonly string[], count = 300): LearnedSpec {
  const prompts = labelledPrompts(count)
  const models = ids.map((id, index) => ({
    id,
    quality: Float64Array.from(prompts, ({ hard }) => (hard && index < ids.length - 1 ? 0 : 1)),
    outputTokens: Float64Array.from(prompts, ({ hard }) => (hard ? 600 : 60) + 10 * index),
    costUsd: undefined,
  }))
  return learn({ requests: prompts, models, widelyKnown: [], seed: 1 }).spec
}
