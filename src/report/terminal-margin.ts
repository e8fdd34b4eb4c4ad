import pc from 'picocolors'
import type { MarginRow } from '../metrics/margin-row.js'
import type { LogSummary } from '../metrics/result.js'
import type { MarginResult } from '../metrics/margin-row.js'
import {
  isDefaultMargin,
  MARGIN_WORDS,
  marginNotes,
  marginSentence,
  unboundSentence,
  wayName,
} from './findings/margin.js'
import { count, money, percent, plainName } from './format.js'
import { banner, plainTable, spaced, withoutTrailingSpace, wrapped, type TextOptions } from './terminal.js'

const COLUMNS: Readonly<Record<string, (row: MarginRow) => string>> = {
  over: (row) => percent(row.overspendProbability),
  overspent: (row) => money(row.overspendUsd),
  'over cap': (row) =>
    row.poolWindows === null ? count(null) : `${count(row.windowsOverCap)} of ${count(row.poolWindows)}`,
  stranded: (row) => money(row.strandedUsd),
  refused: (row) => count(row.refused),
  downgraded: (row) => count(row.downgraded),
  wrongly: (row) => count(row.wronglyRefused),
  truncated: (row) => count(row.truncated),
  quality: (row) => percent(row.quality),
}

/** For `tollgate margin`: the answer, one table with the default margin marked, what the words mean. */
export function renderMarginText(
  log: LogSummary,
  result: MarginResult,
  { width, color }: TextOptions,
): string {
  const colours = pc.createColors(color)
  const plain = (text: string): string => wrapped((line) => line, text, width)
  const unbound = unboundSentence(result)
  return spaced([
    ...banner({ log }, width, colours),
    wrapped(colours.bold, marginSentence(result), width),
    ...(unbound === null ? [] : [wrapped(colours.yellow, unbound, width)]),
    drawTable(result.rows, colours.dim),
    MARGIN_WORDS.map(([term, meaning]) => plain(`${term}: ${meaning}.`)).join('\n'),
    [
      `${plainName(log.path)} under ${plainName(result.policyId)}. The arrow marks the default margin.`,
      ...marginNotes(result),
    ]
      .map(plain)
      .join('\n'),
  ])
}

function drawTable(rows: readonly MarginRow[], dim: (text: string) => string): string {
  const table = plainTable(['left', ...Object.keys(COLUMNS).map(() => 'right' as const)])
  table.push(['held for a call', ...Object.keys(COLUMNS)].map(dim))
  for (const row of rows) {
    const name = `${isDefaultMargin(row) ? '→' : ' '} ${wayName(row)}`
    table.push([name, ...Object.values(COLUMNS).map((cell) => cell(row))])
  }
  return withoutTrailingSpace(table.toString())
}
