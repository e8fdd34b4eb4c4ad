import { InputError, nearMiss } from '../core/errors.js'
import type { LogTable } from '../core/log-table.js'
import { PRIORITIES } from '../core/request.js'
import { tokenize, type Token } from './where-tokens.js'

/** Does the expression hold for this row? The first use with a table checks the names of its fields. */
export type RowPredicate = (table: LogTable, row: number) => boolean

/**
 * Parses a filter such as `task=mbpp and id^=rb5:`. Operators: `=`, `!=`, `^=` (begins with), `$=` (ends with), `*=`
 * (contains), `<`, `<=`, `>`, `>=`; `and`, `or`, `not`, parentheses; values may be quoted. Fields: id, task, split,
 * priority, chosen, at (ISO 8601), inputTokens, and the log's own labels (`user=u17`, also `scope.user`).
 * `task=""` asks for rows where the task is unknown; `!=` is the opposite of `=`; no order holds for the unknown.
 * @throws InputError with the position of the first mistake; for an unknown field, when first used with a table.
 */
export function parseWhere(text: string): RowPredicate {
  const parser = new Parser(text, tokenize(text))
  const node = parser.parse()
  // Fields depend on the log: bound once for each table.
  const bound = new WeakMap<LogTable, (row: number) => boolean>()
  return (table, row) => {
    let test = bound.get(table)
    if (test === undefined) bound.set(table, (test = bind(node, table, text)))
    return test(row)
  }
}

type Node =
  | { readonly kind: 'and' | 'or'; readonly left: Node; readonly right: Node }
  | { readonly kind: 'not'; readonly inner: Node }
  | { readonly kind: 'test'; readonly field: Token; readonly operator: Operator; readonly value: Token }

const OPERATORS = ['=', '!=', '^=', '$=', '*=', '<', '<=', '>', '>='] as const
type Operator = (typeof OPERATORS)[number]

class Parser {
  readonly #text: string
  readonly #tokens: readonly Token[]
  #next = 0

  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text
    this.#tokens = tokens
  }

  parse(): Node {
    const node = this.#or()
    const token = this.#tokens[this.#next]
    if (token !== undefined)
      throw mistake(this.#text, token.at, `expected "and" or "or", got "${token.text}"`)
    return node
  }

  #or(): Node {
    let left = this.#and()
    while (this.#take('or')) left = { kind: 'or', left, right: this.#and() }
    return left
  }

  #and(): Node {
    let left = this.#not()
    while (this.#take('and')) left = { kind: 'and', left, right: this.#not() }
    return left
  }

  #not(): Node {
    if (this.#take('not')) return { kind: 'not', inner: this.#not() }
    if (!this.#take('(')) return this.#test()
    const inner = this.#or()
    if (!this.#take(')')) throw this.#expected('")"')
    return inner
  }

  #test(): Node {
    const field = this.#word('a field such as task or id')
    const token = this.#tokens[this.#next]
    const operator = OPERATORS.find((one) => token?.kind === 'operator' && one === token.text)
    if (operator === undefined) throw this.#expected(`one of ${OPERATORS.join(' ')}`)
    this.#next++
    return { kind: 'test', field, operator, value: this.#word('a value') }
  }

  #word(what: string): Token {
    const token = this.#tokens[this.#next]
    if (token === undefined || (token.kind !== 'word' && token.kind !== 'quoted')) throw this.#expected(what)
    this.#next++
    return token
  }

  #take(text: string): boolean {
    const token = this.#tokens[this.#next]
    if (token === undefined || token.kind === 'quoted' || token.text.toLowerCase() !== text) return false
    this.#next++
    return true
  }

  #expected(what: string): InputError {
    const token = this.#tokens[this.#next]
    const got = token === undefined ? 'the end' : `"${token.text}"`
    return mistake(this.#text, token?.at ?? this.#text.length, `expected ${what}, got ${got}`)
  }
}

/** `undefined` = unknown. */
type TextOf = (row: number) => string | undefined
type NumberOf = (row: number) => number

function bind(node: Node, table: LogTable, text: string): (row: number) => boolean {
  if (node.kind === 'not') {
    const inner = bind(node.inner, table, text)
    return (row) => !inner(row)
  }
  if (node.kind === 'test') return bindTest(node, table, text)
  const left = bind(node.left, table, text)
  const right = bind(node.right, table, text)
  return node.kind === 'and' ? (row) => left(row) && right(row) : (row) => left(row) || right(row)
}

function bindTest(
  node: Extract<Node, { kind: 'test' }>,
  table: LogTable,
  text: string,
): (row: number) => boolean {
  const name = node.field.text
  const wanted = node.value
  if (name === 'at')
    return numberTest(node.operator, (row) => table.at[row] ?? NaN, timeValue(wanted, text), text, node)
  if (name === 'inputTokens') {
    const tokens: NumberOf = (row) => unknownIfNegative(table.inputTokensEstimate[row])
    return numberTest(node.operator, tokens, numberValue(wanted, text), text, node)
  }
  if (name === 'priority') return priorityTest(node, table, text)
  return textTest(node.operator, textField(name, table, node.field.at, text), wanted.text)
}

function textField(name: string, table: LogTable, at: number, text: string): TextOf {
  if (name === 'id') return (row) => table.ids[row]
  if (name === 'chosen') return (row) => table.outcomes[table.chosen[row] ?? -1]?.model
  const label = name.startsWith('scope.') ? name.slice('scope.'.length) : name
  const column = name === 'task' ? table.task : name === 'split' ? table.split : table.labels[label]
  if (column !== undefined) return (row) => column.values[column.codes[row] ?? -1]
  const known = [
    'id',
    'task',
    'split',
    'priority',
    'chosen',
    'at',
    'inputTokens',
    ...Object.keys(table.labels),
  ]
  const near = nearMiss(name, known)
  const hint = near === undefined ? `this log has ${known.join(', ')}` : `did you mean "${near}"?`
  throw mistake(text, at, `unknown field "${name}"; ${hint}`)
}

function textTest(operator: Operator, of: TextOf, wanted: string): (row: number) => boolean {
  const value = (row: number): string => of(row) ?? ''
  const known = (row: number, test: (text: string) => boolean): boolean => {
    const text = of(row)
    return text !== undefined && test(text)
  }
  switch (operator) {
    case '=':
      return (row) => value(row) === wanted
    case '!=':
      return (row) => value(row) !== wanted
    case '^=':
      return (row) => known(row, (text) => text.startsWith(wanted))
    case '$=':
      return (row) => known(row, (text) => text.endsWith(wanted))
    case '*=':
      return (row) => known(row, (text) => text.includes(wanted))
    case '<':
      return (row) => known(row, (text) => text < wanted)
    case '<=':
      return (row) => known(row, (text) => text <= wanted)
    case '>':
      return (row) => known(row, (text) => text > wanted)
    case '>=':
      return (row) => known(row, (text) => text >= wanted)
  }
}

function numberTest(
  operator: Operator,
  of: NumberOf,
  wanted: number,
  text: string,
  node: Extract<Node, { kind: 'test' }>,
): (row: number) => boolean {
  switch (operator) {
    case '=':
      return (row) => of(row) === wanted
    case '!=':
      return (row) => of(row) !== wanted
    case '<':
      return (row) => of(row) < wanted
    case '<=':
      return (row) => of(row) <= wanted
    case '>':
      return (row) => of(row) > wanted
    case '>=':
      return (row) => of(row) >= wanted
    default:
      throw mistake(
        text,
        node.field.at,
        `${node.field.text} is a number: use = != < <= > >=, not ${operator}`,
      )
  }
}

/** Priorities compare by importance: `priority>=high`. */
function priorityTest(
  node: Extract<Node, { kind: 'test' }>,
  table: LogTable,
  text: string,
): (row: number) => boolean {
  const wanted = PRIORITIES.findIndex((name) => name === node.value.text)
  if (wanted < 0) throw mistake(text, node.value.at, `priority is one of ${PRIORITIES.join(', ')}`)
  return numberTest(node.operator, (row) => table.priority[row] ?? NaN, wanted, text, node)
}

function timeValue(token: Token, text: string): number {
  const at = Date.parse(token.text)
  if (Number.isNaN(at))
    throw mistake(text, token.at, `at needs a time such as 2026-11-02T09:00Z, got "${token.text}"`)
  return at
}

function numberValue(token: Token, text: string): number {
  const value = Number(token.text)
  if (token.text === '' || Number.isNaN(value))
    throw mistake(text, token.at, `expected a number, got "${token.text}"`)
  return value
}

function unknownIfNegative(value: number | undefined): number {
  return value === undefined || value < 0 ? NaN : value
}

function mistake(text: string, at: number, message: string): InputError {
  return new InputError(`the filter cannot be read\n  ${text}\n  ${' '.repeat(at)}^`, [
    { path: `--where at ${at + 1}`, message },
  ])
}
