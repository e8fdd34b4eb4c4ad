import { simulateWeek, type SimulatedRequest } from '../../src/simulate/week.js'

/** A smaller week; words stand for tokens, since these tests do not turn on exact counts. */
export function aWeek(requests = 4000, seed = 7): readonly SimulatedRequest[] {
  return [...simulateWeek({ seed, requests, countTokens: (text) => Math.ceil(text.length / 4) })]
}

export function textOf({ record }: SimulatedRequest): string {
  return record.prompt ?? (record.messages ?? []).map((message) => String(message.content)).join('\n')
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
