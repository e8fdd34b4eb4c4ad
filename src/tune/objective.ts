import { InputError, nearMiss } from '../core/errors.js'
import { parseWhere, type RowPredicate } from '../replay/where.js'
import { isRunMetric, MEAN_METRICS, RUN_METRICS, type Metric } from './metrics.js'

/** `min METRIC` or `max METRIC`. */
export interface Objective {
  readonly text: string
  readonly direction: 'min' | 'max'
  readonly metric: Metric
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

/** Requests that a constraint is of, such as `task=debug`. */
export interface Segment {
  readonly text: string
  readonly holds: RowPredicate
}

const METRICS: readonly Metric[] = [...MEAN_METRICS, ...RUN_METRICS]
const ALIASES: Readonly<Record<string, Metric>> = {
  cost: 'costUsd',
  served: 'servedShare',
  overspend: 'overspendUsd',
}

interface Token {
  readonly text: string
  /** From 1, for people. */
  readonly position: number
}

/**
 * What is optimised: `min cost`, `max quality`, or any metric. `cost` is short for `costUsd`, the mean per request.
 * @throws InputError with the position of what cannot be read.
 */
export function parseObjective(text: string): Objective {
  const reader = createReader(text, 'objective')
  const direction = reader.oneOf(['min', 'max'])
  const metric = reader.metric()
  reader.end()
  return { text: reader.normal, direction, metric }
}

/**
 * What must hold: `METRIC >= NUMBER`, `METRIC <= NUMBER * baseline` or `METRIC >= baseline`, such as
 * `quality >= 0.98 * baseline`. Shares and quality are fractions, money is in US dollars. `METRIC[EXPRESSION]` is that of some
 * requests: `quality[task=debug] >= 0.9` (see `parseWhere`).
 * @throws InputError with the position of what cannot be read.
 */
export function parseConstraint(whole: string): Constraint {
  const { text, segment } = cutSegment(whole)
  const reader = createReader(text, 'constraint')
  const metric = reader.metric()
  if (segment !== undefined && isRunMetric(metric))
    throw reader.error(`${metric} is of a whole run and has no [${segment.text}]`)
  const op = reader.oneOf(['>=', '<='])
  const first = reader.factor()
  const second = reader.accepts('*') ? reader.factor() : undefined
  if (second !== undefined && (first === 'baseline') === (second === 'baseline')) {
    throw reader.error('a limit is a number, baseline, or NUMBER * baseline')
  }
  reader.end()
  const number = [first, second].find((factor) => typeof factor === 'number')
  const ofBaseline = first === 'baseline' || second === 'baseline'
  const normal = segment === undefined ? reader.normal : reader.normal.replace(/^\w+/, `$&[${segment.text}]`)
  return { text: normal, segment, metric, op, limit: number ?? 1, ofBaseline }
}

/** The metric's brackets, with blanks in their place, so that positions stay. */
function cutSegment(text: string): { readonly text: string; readonly segment: Segment | undefined } {
  const found = /^(\s*\w+)\s*\[([^\]]*)\]/.exec(text)
  if (found === null) return { text, segment: undefined }
  const [all, metric = '', expression = ''] = found
  const rest = metric.padEnd(all.length) + text.slice(all.length)
  return { text: rest, segment: { text: expression.trim(), holds: parseWhere(expression) } }
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

function tokenize(text: string): Token[] {
  return [...text.matchAll(/[A-Za-z_]\w*|[<>=!]+|\*|[^\s<>=!*]+/g)].map((match) => ({
    text: match[0],
    position: match.index + 1,
  }))
}

interface Reader {
  readonly normal: string
  oneOf<Word extends string>(words: readonly Word[]): Word
  metric(): Metric
  factor(): number | 'baseline'
  accepts(text: string): boolean
  end(): void
  error(message: string, token?: Token): InputError
}

function createReader(text: string, what: string): Reader {
  const tokens = tokenize(text)
  let next = 0
  const error = (message: string, token = tokens[next]): InputError => {
    const place = token === undefined ? 'at its end' : `at position ${token.position} (${token.text})`
    return new InputError(`${what} “${text}” ${place}: ${message}`)
  }
  const take = (known: readonly string[], what: string): string => {
    const word = tokens[next]?.text
    if (word !== undefined && known.includes(word)) {
      next++
      return word
    }
    const near = word === undefined ? undefined : nearMiss(word, known)
    throw error(`expected ${what}${near === undefined ? '' : `; did you mean ${near}?`}`)
  }
  return {
    normal: tokens.map((token) => token.text).join(' '),
    error,
    oneOf: <Word extends string>(words: readonly Word[]) => take(words, words.join(' or ')) as Word,
    metric() {
      const name = take([...METRICS, ...Object.keys(ALIASES)], `a metric (${METRICS.join(', ')})`)
      return ALIASES[name] ?? (name as Metric)
    },
    factor() {
      const word = tokens[next]?.text ?? ''
      const value = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(word) ? Number(word) : NaN
      if (Number.isNaN(value)) return take(['baseline'], 'a number or baseline') as 'baseline'
      next++
      return value
    },
    accepts(wanted) {
      if (tokens[next]?.text !== wanted) return false
      next++
      return true
    },
    end() {
      if (next < tokens.length) throw error('expected nothing more')
    },
  }
}
