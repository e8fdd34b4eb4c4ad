import pc from 'picocolors'
import type { Verdict } from '../metrics/non-inferiority.js'
import {
  gateChecks,
  gateNotes,
  gateReason,
  gateWarnings,
  VERDICT_WORDS,
  type GateReport,
} from './findings/gate.js'
import { banner, plainTable, spaced, withoutTrailingSpace, wrapped, type TextOptions } from './terminal.js'

/** For `tollgate gate`: the verdict with its reason first, one table, what to beware of. */
export function renderGateText(report: GateReport, { width, color }: TextOptions): string {
  const colours = pc.createColors(color)
  const paint: Readonly<Record<Verdict, (text: string) => string>> = {
    pass: colours.green,
    fail: colours.red,
    inconclusive: colours.yellow,
  }
  const plain = (text: string): string => wrapped((line) => line, text, width)
  return spaced([
    wrapped(paint[report.result.verdict], gateReason(report), width),
    ...banner({ log: report.log }, width, colours),
    drawTable(report, colours.dim),
    gateWarnings(report)
      .map((text) => wrapped(colours.yellow, text, width))
      .join('\n'),
    gateNotes(report).map(plain).join('\n'),
  ])
}

function drawTable(report: GateReport, dim: (text: string) => string): string {
  const table = plainTable(['left', 'right', 'right', 'right', 'right', 'right', 'left'])
  table.push(['', 'incumbent', 'candidate', 'difference', 'limits', 'allowed', ''].map(dim))
  for (const { name, judged, incumbent, candidate, difference, limits, allowed } of gateChecks(report)) {
    const title = name === 'cost' ? 'cost a request' : name
    table.push([
      title,
      incumbent,
      candidate,
      difference,
      limits,
      allowed,
      VERDICT_WORDS[judged.verdict].toLowerCase(),
    ])
  }
  return withoutTrailingSpace(table.toString())
}
