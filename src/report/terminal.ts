import Table from 'cli-table3'
import pc from 'picocolors'
import type { Comparison, RunMetrics } from '../metrics/result.js'
import { savedShare } from '../metrics/savings.js'
import { frontierRows } from './charts/frontier-rows.js'
import { headline, type Headline } from './findings/headline.js'
import { marked } from './findings/estimated.js'
import { estimateSentence } from './findings/estimates.js'
import { faultBanner, faultSentence } from './findings/faults.js'
import { headroomSentence } from './findings/headroom.js'
import { offTrajectorySentence } from './findings/off-trajectory.js'
import { simulatedBanner } from './findings/simulated.js'
import { unanswered } from './findings/unanswered.js'
import { BY_SESSION, capsShort, delaySentence } from './findings/words.js'
import { count, money, percent, percentInterval, plainName, shortName, UNKNOWN } from './format.js'
import { scaled, type MoneyScale } from './monthly.js'
import { plotFrontier } from './terminal-plot.js'

export interface TextOptions {
  /** Columns of the terminal. */
  readonly width: number
  /** The caller knows whether it writes to a terminal and whether `NO_COLOR` is set. */
  readonly color: boolean
}

const MIN_WIDTH = 60
/** From here on one table holds all; below, service stands in a second table. */
const WIDE = 118

type Colours = ReturnType<typeof pc.createColors>

/** The comparison for `tollgate replay`, in the order of the page: the answer, what is open, the plot, one table, what it rests on. */
export function renderText(comparison: Comparison, options: TextOptions): string {
  const colours = pc.createColors(options.color)
  const width = Math.max(MIN_WIDTH, options.width)
  const head = headline(comparison)
  const cost = costColumns(head.scale, comparison.runs[0])
  const columns = { ...cost, ...SERVICE_COLUMNS, ...END_COLUMNS }
  const [costs, service] = [Object.keys(cost), Object.keys(SERVICE_COLUMNS)]
  const groups = [
    ...(width >= WIDE ? [[...costs, ...service]] : [costs, service]),
    ...(comparison.faults === undefined ? [] : [Object.keys(END_COLUMNS)]),
  ]
  const tables = groups.map((group) => drawTable(comparison.runs, group, { columns, colours, width }))
  return spaced([
    ...banner(comparison, width, colours),
    wrapped(colours.bold, head.sentence, width),
    ...(head.wholeLog === null ? [] : [wrapped((text) => text, head.wholeLog, width)]),
    head.caveats.map((text) => wrapped((line) => line, text, width)).join('\n'),
    notAnswered(comparison, { width, colours }),
    plotFrontier(frontierRows(comparison), { width, colours }) ?? '',
    ...tables,
    notes(comparison, head, width),
  ])
}

interface TextColumn {
  readonly align: 'left' | 'right'
  readonly cell: (run: RunMetrics, colours: Colours) => string
}

function costColumns(
  scale: MoneyScale,
  baseline: RunMetrics | undefined,
): Readonly<Record<string, TextColumn>> {
  return {
    [`cost ${scale.head}`]: right((run) => marked(run, money(scaled(run.meanCostUsd, scale)))),
    saved: right((run) => (run === baseline ? '–' : percent(savedShare(run)))),
    quality: right((run) => percent(run.quality)),
    '95 %': right((run) => (run.qualityCi === null ? UNKNOWN : percentInterval(run.qualityCi))),
    skill: {
      align: 'left',
      cell: (run, colours) =>
        run.routingSkill === 'yes' ? colours.green('yes') : colours.dim('no evidence'),
    },
  }
}

const SERVICE_COLUMNS: Readonly<Record<string, TextColumn>> = {
  served: right((run) => count(run.served)),
  downgraded: right((run) => count(run.downgraded)),
  deferred: right((run) => count(run.deferred)),
  refused: right((run) => count(run.rejected)),
  caps: {
    align: 'left',
    cell: (run, colours) =>
      run.budget.violations > 0 ? colours.red(capsShort(run.budget)) : capsShort(run.budget),
  },
}

/** Shown under faults, where they are four: offered is their sum. */
const END_COLUMNS: Readonly<Record<string, TextColumn>> = {
  offered: right((run) => count(run.offered)),
  served: right((run) => count(run.served)),
  refused: right((run) => count(run.rejected)),
  unresolved: right((run) => count(run.unresolved)),
  unanswered: right((run) => count(run.faults?.unanswered)),
}

function right(cell: (run: RunMetrics) => string): TextColumn {
  return { align: 'right', cell }
}

interface Drawing {
  readonly columns: Readonly<Record<string, TextColumn>>
  readonly colours: Colours
  readonly width: number
}

function drawTable(runs: readonly RunMetrics[], names: readonly string[], drawing: Drawing): string {
  const { columns, colours, width } = drawing
  const chosen = names.flatMap((name) => (columns[name] === undefined ? [] : [columns[name]]))
  const rows = runs.map((run) => chosen.map((column) => column.cell(run, colours)))
  const nameLength = Math.max(12, Math.min(width >= WIDE ? 28 : 20, width - 40))
  const table = plainTable(['left', ...chosen.map((column) => column.align)])
  table.push(['policy', ...names].map((head) => colours.dim(head)))
  runs.forEach((run, i) => table.push([rowName(run.policyId, nameLength), ...(rows[i] ?? [])]))
  return withoutTrailingSpace(table.toString())
}

/** The capped baseline stands below the uncapped one: what tells it apart is whose budgets it is under. */
function rowName(policyId: string, length: number): string {
  const capped = /^model:.* \((capped by .+)\)$/s.exec(policyId)?.[1]
  return shortName(capped ?? policyId, length)
}

/** Columns with two spaces between them and no lines: it survives copying into a chat or a ticket. */
export function plainTable(colAligns: ('left' | 'right')[]): Table.Table {
  const none = [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
  ]
  const chars = { ...Object.fromEntries(none.map((key) => [key, ''])), middle: '  ' }
  return new Table({
    chars,
    colAligns,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  })
}

/** What a banner looks at: a replay's comparison, or a log alone. */
export type Bannered = Pick<Comparison, 'log'> &
  Partial<Pick<Comparison, 'faults' | 'scorerError' | 'seed' | 'runs'>>

export function banner(comparison: Bannered, width: number, colours: Colours): string[] {
  const warned = [faultBanner(comparison), simulatedBanner(comparison)].filter((text) => text !== null)
  return [
    ...syntheticBanner(comparison, width, colours),
    ...warned.map((text) => wrapped(colours.yellow, text, width)),
  ]
}

function syntheticBanner({ log }: Pick<Comparison, 'log'>, width: number, colours: Colours): string[] {
  const parts = [log.syntheticData ? 'data' : '', log.arrivals === 'synthetic' ? 'arrival times' : ''].filter(
    Boolean,
  )
  if (parts.length === 0) return []
  return [wrapped(colours.yellow, `SYNTHETIC ${parts.join(' and ')}: generated, not observed.`, width)]
}

/** Second on the page too: what the log leaves open weighs more than any figure. */
function notAnswered(comparison: Comparison, { width, colours }: Omit<Drawing, 'columns'>): string {
  const open = unanswered(comparison).map((gap) =>
    `Not answered: ${gap.question} ${gap.because}.`.replace(/\.\.$/, '.'),
  )
  return open.map((line) => wrapped(colours.yellow, line, width)).join('\n')
}

function notes(comparison: Comparison, { scale, featured }: Headline, width: number): string {
  const { log, baseline, filters } = comparison
  const lines = [
    `${plainName(log.path)}: ${count(log.requests)} requests, ${count(log.models)} models, evidence ${log.evidence}, baseline ${plainName(baseline.label)} (${plainName(baseline.rule)}).`,
    scale.because,
    ...(filters.length === 0 ? [] : [`Only a part of the log: ${filters.map(plainName).join(', ')}.`]),
    ...(log.qualityRules === undefined
      ? []
      : [`Quality by the rules ${log.qualityRules.map(plainName).join(', ')}, named at import.`]),
    ...(comparison.qualityUnit === undefined ? [] : [BY_SESSION]),
    ...knownWarnings(comparison),
    ...[offTrajectorySentence(comparison)].filter((text) => text !== null),
    ...perPolicy(untold(comparison, featured), estimateSentence),
    ...perPolicy(comparison.runs, headroomSentence),
    ...perPolicy(comparison.runs, delaySentence),
    ...perPolicy(comparison.runs, faultSentence),
  ]
  return lines.map((line) => wrapped((text) => text, line, width)).join('\n')
}

/** Runs of which the caveats of the headline have not said how their figures are known. */
function untold({ runs }: Comparison, featured: Headline['featured']): readonly RunMetrics[] {
  return featured === null ? runs : runs.filter((run, index) => index > 0 && run !== featured.run)
}

function knownWarnings({ runs, qualityUnit }: Comparison): string[] {
  const partly = runs.filter(
    (run) => run.knownShare < 1 && run.quality !== null && run.evidence.identification !== 'estimated',
  )
  return partly.map(
    (run) =>
      `${plainName(run.policyId)}: outcomes known for ${percent(run.knownShare)} of the ${qualityUnit ?? 'request'}s.`,
  )
}

/** What there is to say of each run, with its name. */
function perPolicy(runs: readonly RunMetrics[], say: (run: RunMetrics) => string | null): string[] {
  return runs.flatMap((run) => {
    const sentence = say(run)
    return sentence === null ? [] : [`${plainName(run.policyId)}: ${sentence}`]
  })
}

/** Line by line, so that colour codes never run over a line end. */
export function wrapped(paint: (text: string) => string, text: string, width: number): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].map((one) => paint(one)).join('\n')
}

/** Blocks with an empty line between them; ordinary spaces, so that the output can be searched. */
export function spaced(blocks: readonly string[]): string {
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`.replaceAll('\u00a0', ' ')
}

export function withoutTrailingSpace(text: string): string {
  return text.replace(/[ \t]+$/gm, '')
}
