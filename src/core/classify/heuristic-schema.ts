import { z } from 'zod'

/**
 * The heuristic's weights and lists, all of them in the policy. Each signal is in [0, 1]; difficulty is the bias plus
 * the sum of weight x signal, clamped to [0, 1]. Negative weights make a signal a sign of an easy request.
 */

const weight = z.number().min(-2).max(2)

const keywordGroup = z.strictObject({
  words: z.array(z.string().min(1)).min(1).describe('whole words or phrases, matched without case'),
  weight,
})

export const DEFAULT_KEYWORDS = {
  design: {
    words: [
      'architecture',
      'architect',
      'design a',
      'scalable',
      'distributed',
      'concurrency',
      'concurrent',
      'trade-off',
      'trade-offs',
      'tradeoff',
      'tradeoffs',
      'microservice',
      'microservices',
      'consistency',
      'sharding',
      'event-driven',
      'fault-tolerant',
      'high availability',
      'throughput',
      'migration plan',
      'rate limiter',
      'system design',
    ],
    weight: 0.35,
  },
  debug: {
    words: [
      'debug',
      'race condition',
      'deadlock',
      'memory leak',
      'root cause',
      'segfault',
      'intermittent',
      'flaky',
      'crash',
      'crashes',
      'regression',
      'exception',
      'traceback',
      'why does',
      'fails with',
    ],
    weight: 0.25,
  },
  rework: {
    words: [
      'refactor',
      'rewrite',
      'restructure',
      'optimize',
      'optimise',
      'performance',
      'test',
      'tests',
      'unit test',
      'edge cases',
      'prove',
      'algorithm',
    ],
    weight: 0.15,
  },
  simple: {
    words: [
      'rename',
      'typo',
      'docstring',
      'comment',
      'import',
      'imports',
      'format',
      'lint',
      'complete the',
      'autocomplete',
      'one-liner',
      'what is',
      'convert',
      'translate',
      'summarize',
      'summarise',
    ],
    weight: -0.2,
  },
} as const

export const heuristicSchema = z.strictObject({
  bias: z.number().min(-2).max(2).default(0.2),
  weights: z
    .strictObject({
      tokens: weight.default(0.35),
      codeBlocks: weight.default(0.1),
      indentedCode: weight.default(0.05),
      turns: weight.default(0.1),
      stackTrace: weight.default(0.2),
      question: weight.default(-0.05),
      requirements: weight.default(0.2),
    })
    .prefault({}),
  keywords: z
    .record(z.string().regex(/^[a-zA-Z][\w-]*$/, 'a group name is a word'), keywordGroup)
    .default(() => structuredCloneOfDefaults()),
})

function structuredCloneOfDefaults(): Record<string, { words: string[]; weight: number }> {
  return Object.fromEntries(
    Object.entries(DEFAULT_KEYWORDS).map(([name, group]) => [
      name,
      { words: [...group.words], weight: group.weight },
    ]),
  )
}

export type HeuristicSpec = z.output<typeof heuristicSchema>
