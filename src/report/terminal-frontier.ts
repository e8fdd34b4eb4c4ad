import pc from 'picocolors'
import type { Point } from '../metrics/result.js'
import type { Academic, ClassifierFrontier } from '../tune/frontier.js'
import {
  FAILURE_PRICED_HEADS,
  failurePricedCells,
  FRONTIER_WORDS,
  frontierNotes,
  frontierSentences,
  frontierWarningLines,
  gainText,
  savingText,
  SIMULATED,
  SIMULATED_HEADS,
  simulatedCells,
  type FrontierReport,
} from './findings/frontier.js'
import { classifierRows } from './charts/classifier-frontier.js'
import { money, percent, plainName, UNKNOWN } from './format.js'
import { moneyScale, scaled, type MoneyScale } from './monthly.js'
import { plotFrontier } from './terminal-plot.js'
import { banner, plainTable, spaced, withoutTrailingSpace, wrapped, type TextOptions } from './terminal.js'

type Row = ClassifierFrontier & Partial<Academic>
type Columns = Readonly<Record<string, (row: Row) => string>>
type Paint = (text: string) => string

/** Columns of a terminal from which on one table holds all. */
const WIDE = 150

/** For `tollgate frontier`: money, the table of classifiers, what they are held against, what it rests on. */
export function renderFrontierText(report: FrontierReport, { width, color }: TextOptions): string {
  const colours = pc.createColors(color)
  const plain = (text: string): string => wrapped((line) => line, text, width)
  const scale = moneyScale(report)
  const groups = width >= WIDE ? [{ ...chosenColumns(scale), ...GAINS }] : [chosenColumns(scale), GAINS]
  return spaced([
    ...banner({ log: report.log }, width, colours),
    frontierSentences(report)
      .map((text) => wrapped(colours.bold, text, width))
      .join('\n'),
    plotFrontier(classifierRows(report), { width, colours }) ?? '',
    ...groups.map((columns) => classifierTable(report.classifiers, columns, colours.dim)),
    ...failurePricedTable(report, colours.dim),
    ...(report.classifiers.some(({ aiq }) => aiq !== undefined)
      ? [
          classifierTable(report.classifiers, ACADEMIC, colours.dim),
          plain(`AIQ of the hull, which a random mix has: ${decimal(report.hullAiq)}. ${TWO_MODELS}`),
        ]
      : []),
    referenceTable(report, scale, colours.dim),
    ...simulatedTable(report, colours.dim).map((text, i) => (i === 0 ? plain(text) : text)),
    frontierWarningLines(report)
      .map((text) => wrapped(colours.yellow, text, width))
      .join('\n'),
    FRONTIER_WORDS.map(([term, meaning]) => plain(`${term}: ${meaning}.`)).join('\n'),
    frontierNotes(report).map(plain).join('\n'),
  ])
}

function chosenColumns(scale: MoneyScale): Columns {
  return {
    [`cost ${scale.head}`]: ({ chosen }) => money(scaled(chosen.costUsd, scale)),
    quality: ({ chosen }) => percent(chosen.quality),
    'saving [95 %]': (row) => savingText(row.savingAtMatchedQuality),
    'within 1 [95 %]': (row) => savingText(row.savingWithinOnePoint),
    verdict: ({ verdict }) => verdict,
  }
}

const GAINS: Columns = {
  'over hull [95 %]': ({ gainOverHull }) => gainText(gainOverHull),
  'over task hull [95 %]': ({ gainOverTaskHull }) =>
    gainOverTaskHull === null ? 'no tasks' : gainText(gainOverTaskHull),
  'shuffled [95 %]': ({ shuffledRows }) => gainText(shuffledRows),
}

const ACADEMIC: Columns = {
  AIQ: ({ aiq }) => decimal(aiq),
  'AIQ (code)': ({ aiqRouterbenchCode }) => decimal(aiqRouterbenchCode),
  APGR: ({ apgr }) => decimal(apgr),
  'CPT 50': ({ cpt }) => percent(cpt?.['50']),
  'CPT 80': ({ cpt }) => percent(cpt?.['80']),
  'to oracle': ({ oracleGap }) => percent(oracleGap?.recovered),
  ParetoDist: ({ paretoDist }) => decimal(paretoDist),
  Arena: ({ routerArenaScore }) => decimal(routerArenaScore),
  'AUC-DF': ({ deferralArea }) => decimal(deferralArea),
}

const TWO_MODELS =
  'APGR, CPT and AUC-DF are defined for two models. Figures of different logs, models or cost ranges do not compare.'

function classifierTable(rows: readonly Row[], columns: Columns, dim: Paint): string {
  const table = plainTable(['left', ...Object.keys(columns).map(() => 'right' as const)])
  table.push(['classifier', ...Object.keys(columns)].map(dim))
  for (const row of rows) table.push([row.kind, ...Object.values(columns).map((cell) => cell(row))])
  return withoutTrailingSpace(table.toString())
}

function failurePricedTable({ classifiers }: FrontierReport, dim: Paint): string[] {
  if (classifiers.every(({ failurePriced }) => failurePriced === undefined)) return []
  const table = plainTable(['left', ...FAILURE_PRICED_HEADS.map(() => 'right' as const)])
  table.push(['classifier', ...FAILURE_PRICED_HEADS].map(dim))
  for (const row of classifiers) table.push([row.kind, ...failurePricedCells(row)])
  return [withoutTrailingSpace(table.toString())]
}

function simulatedTable(report: FrontierReport, dim: Paint): string[] {
  const { simulatedCascades } = report
  if (simulatedCascades === undefined) return []
  const table = plainTable(['right', 'right', 'right', 'right', 'left'])
  table.push(SIMULATED_HEADS.map((head) => dim(head)))
  for (const cascade of simulatedCascades) table.push([...simulatedCells(cascade, report)])
  return [`${SIMULATED}.`, withoutTrailingSpace(table.toString())]
}

function referenceTable(report: FrontierReport, scale: MoneyScale, dim: Paint): string {
  const table = plainTable(['left', 'right', 'right', 'left'])
  const onHull = new Set(report.hull.map(({ label }) => label))
  const push = ({ label, costUsd, quality }: Point, note: string): void => {
    table.push([plainName(label), money(scaled(costUsd, scale)), percent(quality), note])
  }
  table.push(['held against', `cost ${scale.head}`, 'quality', ''].map(dim))
  for (const single of [...report.singles].sort((a, b) => a.costUsd - b.costUsd))
    push(single, onHull.has(single.label) ? 'on the hull' : '')
  if (report.oracle !== null) push(report.oracle, 'knows every outcome beforehand')
  return withoutTrailingSpace(table.toString())
}

function decimal(value: number | null | undefined): string {
  return value === null || value === undefined ? UNKNOWN : value.toFixed(3)
}
