import pc from 'picocolors'
import type { LogSummary } from '../metrics/result.js'
import type { WhatIfResult, WhatIfRow } from '../tune/what-if/what-if.js'
import {
  breakEvenSentence,
  contenderName,
  costChange,
  priceText,
  qualityChange,
  unservedText,
  whatIfNotes,
  whatIfSentence,
} from './findings/what-if.js'
import { money, percent, plainName } from './format.js'
import { banner, plainTable, spaced, withoutTrailingSpace, wrapped, type TextOptions } from './terminal.js'

export interface ToldWhatIf {
  readonly result: WhatIfResult
  /** By which rules prices were found. */
  readonly notes: readonly string[]
}

/** For `tollgate whatif`: the answer, today next to the change, the break-even, the prices. */
export function renderWhatIfText(
  log: LogSummary,
  { result, notes }: ToldWhatIf,
  { width, color }: TextOptions,
): string {
  const colours = pc.createColors(color)
  const plain = (text: string): string => wrapped((line) => line, text, width)
  const breakEven = breakEvenSentence(result)
  return spaced([
    ...banner({ log }, width, colours),
    wrapped(colours.bold, whatIfSentence(result), width),
    ...(breakEven === null ? [] : [plain(breakEven)]),
    drawRows(result, colours.dim),
    ...(result.priceChanges.length === 0 ? [] : [drawPrices(result, colours.dim)]),
    [...whatIfNotes(result), ...notes.map(plainName)].map(plain).join('\n'),
  ])
}

const COLUMNS: Readonly<Record<string, (row: WhatIfRow) => string>> = {
  'cost today': ({ today }) => (today === null ? '' : money(today.costUsd)),
  then: ({ changed }) => (changed === null ? '' : money(changed.costUsd)),
  'a request': ({ today, changed }) => costChange(today, changed),
  'quality today': ({ today }) => (today === null ? '' : percent(today.quality)),
  'then ': ({ changed }) => (changed === null ? '' : percent(changed.quality)),
  points: ({ today, changed }) => qualityChange(today, changed),
  'refused today': ({ today }) => unservedText(today),
  'then  ': ({ changed }) => unservedText(changed),
}

function drawRows({ rows, bestToday, bestChanged }: WhatIfResult, dim: (text: string) => string): string {
  const table = plainTable(['left', ...Object.keys(COLUMNS).map(() => 'right' as const)])
  table.push(['', ...Object.keys(COLUMNS).map((head) => head.trim())].map(dim))
  for (const row of rows) {
    const marks = [
      ...(row.name === bestToday ? ['best today'] : []),
      ...(row.name === bestChanged ? ['best then'] : []),
    ]
    const name = marks.length === 0 ? contenderName(row) : `${contenderName(row)} (${marks.join(', ')})`
    table.push([name, ...Object.values(COLUMNS).map((cell) => cell(row))])
  }
  return withoutTrailingSpace(table.toString())
}

function drawPrices({ priceChanges }: WhatIfResult, dim: (text: string) => string): string {
  const table = plainTable(['left', 'left', 'left'])
  table.push(['price of', 'today', 'then'].map(dim))
  for (const { model, today, changed } of priceChanges)
    table.push([plainName(model), priceText(today), priceText(changed)])
  return withoutTrailingSpace(table.toString())
}
