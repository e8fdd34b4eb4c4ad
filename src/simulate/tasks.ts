import type { Hint } from './phrases.js'
import { debug, design, explain, refactor, testWriting } from './prompts/large-tasks.js'
import { completion, docstring, importFix, rename } from './prompts/small-tasks.js'
import type { Writing } from './prompts/writing.js'

/** A kind of request: how often, how hard before the text is known, how long the answers and their limit are. */
export interface TaskKind {
  readonly share: number
  readonly base: number
  /** Median output tokens of the frontier model. */
  readonly outputMedian: number
  readonly maxOutputTokens: number
  readonly toolsShare: number
  readonly jsonShare: number
  readonly write: (writing: Writing) => Hint
}

export const TASKS = {
  completion: {
    share: 0.41,
    base: 0.11,
    outputMedian: 72,
    maxOutputTokens: 512,
    toolsShare: 0,
    jsonShare: 0,
    write: completion,
  },
  docstring: {
    share: 0.115,
    base: 0.13,
    outputMedian: 120,
    maxOutputTokens: 512,
    toolsShare: 0,
    jsonShare: 0,
    write: docstring,
  },
  'import-fix': {
    share: 0.085,
    base: 0.16,
    outputMedian: 85,
    maxOutputTokens: 512,
    toolsShare: 0.08,
    jsonShare: 0.06,
    write: importFix,
  },
  rename: {
    share: 0.065,
    base: 0.15,
    outputMedian: 130,
    maxOutputTokens: 1024,
    toolsShare: 0.2,
    jsonShare: 0.1,
    write: rename,
  },
  explain: {
    share: 0.115,
    base: 0.24,
    outputMedian: 300,
    maxOutputTokens: 1024,
    toolsShare: 0.02,
    jsonShare: 0,
    write: explain,
  },
  'test-writing': {
    share: 0.065,
    base: 0.43,
    outputMedian: 520,
    maxOutputTokens: 2048,
    toolsShare: 0.15,
    jsonShare: 0.01,
    write: testWriting,
  },
  refactor: {
    share: 0.062,
    base: 0.6,
    outputMedian: 520,
    maxOutputTokens: 2048,
    toolsShare: 0.22,
    jsonShare: 0.02,
    write: refactor,
  },
  debug: {
    share: 0.085,
    base: 0.7,
    outputMedian: 480,
    maxOutputTokens: 2048,
    toolsShare: 0.3,
    jsonShare: 0,
    write: debug,
  },
  design: {
    share: 0.03,
    base: 0.82,
    outputMedian: 1000,
    maxOutputTokens: 4096,
    toolsShare: 0.03,
    jsonShare: 0,
    write: design,
  },
} as const satisfies Record<string, TaskKind>

export type Task = keyof typeof TASKS
export const TASK_NAMES = Object.keys(TASKS) as readonly Task[]
