import type { MetricOf, Place, Reader } from './reader.js'

/** A metric times a number. */
export interface Term extends MetricOf {
  readonly factor: number
}

/** A sum of metrics times numbers, and a number. */
export interface Linear {
  readonly constant: number
  readonly terms: readonly Term[]
}

/**
 * Sums and differences of metrics and numbers, products and quotients with a number, parentheses, signs:
 * `costUsd + 0.02 * (1 - quality)`. Linear, so that what each request adds to it is known, and luck is reckoned as of a mean.
 * Recursive descent over sum, product, factor.
 * @throws InputError with the position of what cannot be read.
 */
export function readExpression(reader: Reader): Linear {
  let sum = product(reader)
  for (;;) {
    if (reader.accepts('+')) sum = plus(sum, product(reader))
    else if (reader.accepts('-')) sum = plus(sum, times(-1, product(reader)))
    else return sum
  }
}

function product(reader: Reader): Linear {
  let left = factor(reader)
  for (;;) {
    const place = reader.here()
    if (reader.accepts('*')) left = multiplied(left, factor(reader), { reader, place })
    else if (reader.accepts('/')) left = divided(left, factor(reader), { reader, place })
    else return left
  }
}

function factor(reader: Reader): Linear {
  if (reader.accepts('-')) return times(-1, factor(reader))
  if (reader.accepts('+')) return factor(reader)
  if (reader.accepts('(')) {
    const inner = readExpression(reader)
    if (!reader.accepts(')')) throw reader.error('expected + or - or * or / or )')
    return inner
  }
  const constant = reader.number()
  if (constant !== undefined) return { constant, terms: [] }
  if (!/^\w*$/.test(reader.next)) throw reader.error('expected a metric, a number or (')
  return { constant: 0, terms: [{ factor: 1, ...reader.metric() }] }
}

function plus(a: Linear, b: Linear): Linear {
  return { constant: a.constant + b.constant, terms: [...a.terms, ...b.terms] }
}

function times(by: number, { constant, terms }: Linear): Linear {
  return { constant: by * constant, terms: terms.map((term) => ({ ...term, factor: by * term.factor })) }
}

interface At {
  readonly reader: Reader
  readonly place: Place
}

function multiplied(a: Linear, b: Linear, { reader, place }: At): Linear {
  if (a.terms.length === 0) return times(a.constant, b)
  if (b.terms.length === 0) return times(b.constant, a)
  throw reader.error('one side of * must be a number', place)
}

function divided(a: Linear, b: Linear, { reader, place }: At): Linear {
  if (b.terms.length > 0 || b.constant === 0)
    throw reader.error('what is divided by must be a number other than 0', place)
  return times(1 / b.constant, a)
}
