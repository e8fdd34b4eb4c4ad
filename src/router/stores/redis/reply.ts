import type { Candidate } from '../../../core/budget/choose.js'

/** What a script answers: texts, whole numbers and lists of them. The first text says which answer it is. */
export type Reply = readonly (string | number | Reply)[]

/**
 * A line `kind seq at …` as the list it stands for, `[kind, seq, at, [], …]`: a list costs Redis and the client several times
 * as much. What follows the figures may hold blanks.
 */
export function replyFrom(answer: Reply | string): Reply {
  if (typeof answer !== 'string') return answer
  const [kind = '', seq = '', at = '', ...rest] = answer.split(' ')
  if (kind === 'admitted') return [kind, seq, at, [], ...rest, []]
  const [charged = '', ...returned] = rest
  return [kind, seq, at, [], charged, returned.join(' ')]
}

export function textAt(reply: Reply, index: number): string {
  const value = reply[index]
  return typeof value === 'string' ? value : ''
}

export function listAt(reply: Reply, index: number): Reply {
  const value = reply[index]
  return Array.isArray(value) ? (value as Reply) : []
}

export function numberAt(reply: Reply, index: number): number {
  const value = reply[index]
  return typeof value === 'number' ? value : toNumber(textAt(reply, index))
}

export function toNumber(text: string): number {
  return text === 'inf' ? Infinity : text === '-inf' ? -Infinity : Number(text)
}

/** A record as a script prints it. */
export interface Columns {
  readonly account: number
  /** -1: the account is known and has no record. */
  readonly row: number
  readonly columns: readonly (number | null)[]
}

export function columnsOf(text: string): Columns {
  if (text === '') return { account: -1, row: -1, columns: [] }
  const [account = -1, row = -1, ...columns] = text.split(' ').map(toNumber)
  return { account, row, columns: columns.map((value) => (value === Infinity ? null : value)) }
}

export function candidateFrom(texts: readonly string[]): Candidate {
  const [input = 0, price = 0, min = 0, max = 0, model = 0, expected = 0] = texts.map(toNumber)
  return {
    model,
    expectedNanoUsd: expected,
    inputBoundPico: input,
    outputPricePico: price,
    minOutputTokens: min,
    maxOutputTokens: max,
  }
}
