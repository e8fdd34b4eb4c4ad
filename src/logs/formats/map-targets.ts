import { MONEY_UNITS, TIME_UNITS } from './values.js'

/** What a mapping may fill, and in which units a column may hold it; no units: the value is taken as it stands. */
export type TargetKind = keyof typeof UNITS

export const UNITS = {
  text: [],
  content: [],
  tokens: [],
  number: [],
  fraction: ['fraction', 'percent'],
  money: Object.keys(MONEY_UNITS),
  duration: Object.keys(TIME_UNITS),
  time: ['iso', ...Object.keys(TIME_UNITS)],
} as const

const TARGETS: Readonly<Record<string, TargetKind>> = {
  id: 'text',
  at: 'time',
  model: 'text',
  prompt: 'content',
  messages: 'content',
  request: 'content',
  task: 'text',
  split: 'text',
  priority: 'text',
  maxOutputTokens: 'tokens',
  usage: 'content',
  inputTokens: 'tokens',
  outputTokens: 'tokens',
  cachedInputTokens: 'tokens',
  cacheWriteTokens: 'tokens',
  reasoningTokens: 'tokens',
  costUsd: 'money',
  latencyMs: 'duration',
  quality: 'fraction',
  sessionOutcome: 'fraction',
  thumbs: 'content',
  error: 'content',
  finishReason: 'text',
  basis: 'text',
}

export const TARGET_NAMES: readonly string[] = [...Object.keys(TARGETS), 'scope.NAME', 'score.NAME']

/** Undefined for a name that is no target. */
export function targetKind(name: string): TargetKind | undefined {
  if (/^scope\..+$/.test(name)) return 'text'
  if (/^score\..+$/.test(name)) return 'content'
  return Object.hasOwn(TARGETS, name) ? TARGETS[name] : undefined
}
