import { readExpression, type Linear } from './expression.js'
import type { Metric } from './metrics.js'
import { createReader, type Reader, type Segment } from './reader.js'

/** `min EXPRESSION` or `max EXPRESSION`. */
export interface Objective extends Linear {
  readonly text: string
  readonly direction: 'min' | 'max'
}

/** `METRIC OP NUMBER`, of the policy itself or, with `ofBaseline`, as a factor of the baseline's value. */
export interface Constraint {
  /** Of which requests; undefined for all. */
  readonly segment: Segment | undefined
  readonly text: string
  readonly metric: Metric
  readonly op: '>=' | '<='
  readonly limit: number
  readonly ofBaseline: boolean
}

/**
 * What is optimised: `min cost`, `max quality`, any metric, or what one is worth in another: `min cost + 0.02 * (1 - quality)`
 * (see `readExpression`). `cost` is short for `costUsd`, the mean per request.
 * @throws InputError with the position of what cannot be read.
 */
export function parseObjective(text: string): Objective {
  const reader = createReader(text, 'objective')
  const direction = reader.oneOf(['min', 'max'])
  const expression = readExpression(reader)
  reader.end()
  if (expression.terms.every(({ factor }) => factor === 0)) throw reader.error('no metric is in it')
  return { text: reader.normal, direction, ...expression }
}

/**
 * What must hold: `METRIC >= NUMBER`, `METRIC <= NUMBER * baseline` or `METRIC >= baseline`, such as
 * `quality >= 0.98 * baseline`. Shares and quality are fractions, money is in US dollars per request, times are in milliseconds.
 * `METRIC[EXPRESSION]` is that of some requests: `quality[task=debug] >= 0.9` (see `parseWhere`).
 * @throws InputError with the position of what cannot be read.
 */
export function parseConstraint(text: string): Constraint {
  const reader = createReader(text, 'constraint')
  const { metric, segment } = reader.metric()
  const op = reader.oneOf(['>=', '<='])
  const first = limitFactor(reader)
  const second = reader.accepts('*') ? limitFactor(reader) : undefined
  if (second !== undefined && (first === 'baseline') === (second === 'baseline')) {
    throw reader.error('a limit is a number, baseline, or NUMBER * baseline')
  }
  reader.end()
  const number = [first, second].find((factor) => typeof factor === 'number')
  const ofBaseline = first === 'baseline' || second === 'baseline'
  return { text: reader.normal, segment, metric, op, limit: number ?? 1, ofBaseline }
}

function limitFactor(reader: Reader): number | 'baseline' {
  const sign = reader.accepts('-') ? -1 : 1
  const number = reader.number()
  return number === undefined ? reader.oneOf(['baseline'] as const, 'a number or baseline') : sign * number
}

/**
 * All constraints. A policy that refuses requests saves money without being any better, so `servedShare >= baseline` is
 * added unless the user names `servedShare`.
 */
export function parseConstraints(texts: readonly string[]): readonly Constraint[] {
  const parsed = texts.map(parseConstraint)
  if (parsed.some(({ metric, segment }) => metric === 'servedShare' && segment === undefined)) return parsed
  return [...parsed, parseConstraint('servedShare >= baseline')]
}
