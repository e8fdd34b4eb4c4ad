import { InputError, nearMiss } from '../core/errors.js'
import { parseWhere, type RowPredicate } from '../replay/where.js'
import { METRICS, type Metric } from './metrics.js'

/** Requests that a metric is of, such as `task=debug`. */
export interface Segment {
  readonly text: string
  readonly holds: RowPredicate
}

/** A metric, of some requests or of all. */
export interface MetricOf {
  readonly metric: Metric
  readonly segment: Segment | undefined
}

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

/** Reads what people write of metrics, word by word. Each method throws an InputError with the place of what it cannot read. */
export interface Reader {
  /** The text with blanks as they should be. */
  readonly normal: string
  /** The word that is next, or ''. */
  readonly next: string
  /** `wanted`: what to call the words in an error. */
  oneOf<Word extends string>(words: readonly Word[], wanted?: string): Word
  /** `quality` or `quality[task=debug]`. */
  metric(): MetricOf
  /** Undefined, and nothing read, where no number is next. */
  number(): number | undefined
  accepts(text: string): boolean
  /** Where it stands, to be pointed at by an error later on. */
  here(): Place
  end(): void
  error(message: string, place?: Place): InputError
}

export interface Place {
  readonly token: Token | undefined
}

/** Words, numbers with whatever is glued to them, brackets with their content, signs. */
const TOKEN =
  /[A-Za-z_]\w*|(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?[\w.%]*|\[[^\]]*\]|[<>=!]+|[-+*/()]|[^\s\w<>=!+\-*/()]+/gi
const NUMBER = /^(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i

/** `what`: of what the text is, for messages. */
export function createReader(text: string, what: string): Reader {
  const tokens: Token[] = [...text.matchAll(TOKEN)].map((match) => ({
    text: match[0],
    position: match.index + 1,
  }))
  let next = 0
  const here = (): Place => ({ token: tokens[next] })
  const error = (message: string, { token } = here()): InputError => {
    const place = token === undefined ? 'at its end' : `at position ${token.position} (${token.text})`
    return new InputError(`${what} “${text}” ${place}: ${message}`)
  }
  const take = (known: readonly string[], wanted: string): string => {
    const word = tokens[next]?.text
    if (word !== undefined && known.includes(word)) {
      next++
      return word
    }
    const near = word === undefined ? undefined : nearMiss(word, known)
    throw error(`expected ${wanted}${near === undefined ? '' : `; did you mean ${near}?`}`)
  }
  return {
    normal: spaced(tokens),
    get next() {
      return tokens[next]?.text ?? ''
    },
    error,
    here,
    oneOf: <Word extends string>(words: readonly Word[], wanted = words.join(' or ')) =>
      take(words, wanted) as Word,
    metric() {
      const name = take([...METRICS, ...Object.keys(ALIASES)], `a metric (${METRICS.join(', ')})`)
      const metric = ALIASES[name] ?? (name as Metric)
      const bracket = tokens[next]?.text
      if (bracket === undefined || !isBracket(bracket)) return { metric, segment: undefined }
      next++
      const expression = bracket.slice(1, -1)
      return { metric, segment: { text: expression.trim(), holds: parseWhere(expression) } }
    },
    number() {
      const word = tokens[next]?.text ?? ''
      if (!NUMBER.test(word)) return undefined
      next++
      return Number(word)
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

function isBracket(text: string): boolean {
  return text.startsWith('[') && text.endsWith(']')
}

function spaced(tokens: readonly Token[]): string {
  return tokens
    .map(({ text }, index) => {
      if (isBracket(text)) return `[${text.slice(1, -1).trim()}]`
      const isGlued = index === 0 || text === ')' || tokens[index - 1]?.text === '('
      return isGlued ? text : ` ${text}`
    })
    .join('')
}
