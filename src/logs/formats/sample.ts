import { headerCells } from './columns.js'
import type { JsonObject } from './json-line.js'
import { JsonValues } from './json-values.js'

/** How a file is written: CSV, one JSON value a line, or JSON of any layout (a list, a document on many lines). */
export type Writing = 'csv' | 'jsonl' | 'json'

/** The beginning of a file, for telling formats apart before anything is read. */
export interface Sample {
  readonly writing: Writing
  /** The first lines that are not blank, at most 20; the first one is a CSV's header. */
  readonly lines: readonly string[]
  /** The first values that are whole, at most 20; none for CSV. */
  readonly rows: readonly JsonObject[]
  /** True when the header, or one of the first values, has all these names. */
  has(...names: readonly string[]): boolean
}

const MOST = 20

/** What a file's first characters show. A value that the text cuts off still shows the names it begins with. */
export function sampleOf(text: string): Sample {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const shown = lines.filter((line) => line.trim() !== '').slice(0, MOST)
  const writing = writingOf(shown)
  const values = writing === 'csv' ? [] : firstValues(writing, text, shown)
  const shapes =
    writing === 'csv'
      ? [new Set(headerCells(shown[0]))]
      : values.map((value) => new Set(topLevelNames(value)))
  return {
    writing,
    lines: shown,
    rows: values.map(objectOf).filter((row) => row !== undefined),
    has: (...names) => shapes.some((shape) => names.every((name) => shape.has(name))),
  }
}

/** A value that a line ends is a line's own; one that goes on below makes the file a document. */
function writingOf(lines: readonly string[]): Writing {
  const [first = '', second] = lines
  if (/^\s*\[/.test(first)) return 'json'
  if (!/^\s*\{/.test(first)) return 'csv'
  if (objectOf(first) !== undefined || second === undefined) return 'jsonl'
  return /^\s*\{/.test(second) ? 'jsonl' : 'json'
}

function firstValues(writing: Writing, text: string, lines: readonly string[]): string[] {
  if (writing === 'jsonl') return lines.flatMap(withPageRows)
  return valuesIn(text).flatMap(withPageRows)
}

function valuesIn(text: string): string[] {
  const found: string[] = []
  const values = new JsonValues()
  for (const value of values.add(text)) {
    found.push(value.text)
    if (found.length === MOST) return found
  }
  const open = values.end()
  return open === undefined ? found : [...found, open.text]
}

const PAGE = /"data"\s*:\s*(?=\[)/

/** A page of a list endpoint, `{"data": [ … ]}`, shows its rows beside itself, even where the sample cuts it off. */
function withPageRows(text: string): string[] {
  const page = topLevelNames(text).includes('data') ? PAGE.exec(text) : null
  return page === null ? [text] : [text, ...valuesIn(text.slice(page.index + page[0].length))]
}

function objectOf(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as JsonObject) : undefined
  } catch {
    return undefined
  }
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:]/gs

/** The names of an object's own fields, from text that may end in the middle of it. */
export function topLevelNames(text: string): string[] {
  const names: string[] = []
  let depth = 0
  let last = ''
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') depth++
    else if (token === '}' || token === ']') depth--
    else if (token === ':' && depth === 1 && last.length > 1) names.push(last.slice(1, -1))
    last = token
  }
  return names
}

/** The sample of a file of typed columns, which a CSV's header stands for. */
export function sampleOfCells(header: readonly string[]): Sample {
  return sampleOf(
    `${header.map((name) => (/[",]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name)).join(',')}\n`,
  )
}
