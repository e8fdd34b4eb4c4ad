import type pc from 'picocolors'
import { tickLabel } from './charts/cost-axis.js'
import { hullLine } from './charts/hull-line.js'
import { directName, type FrontierKind, type FrontierRow, type FrontierRows } from './charts/frontier-rows.js'
import { frontierScale, type FrontierScale } from './charts/frontier-scale.js'
import { listed, percent, shortName } from './format.js'

export interface PlotOptions {
  /** Columns of the terminal. */
  readonly width: number
  readonly colours: ReturnType<typeof pc.createColors>
}

const ROWS = 13
/** A wider plot says no more. */
const MAX_WIDTH = 100
/** Room for the quality axis. */
const LEFT = 8
const NAME_LENGTH = 32

type Paint = (text: string) => string

interface Cell {
  readonly mark: string
  readonly paint: Paint
}

/**
 * Cost against quality in characters, with the scales of the drawn chart: policies as letters, the rest as signs. Null where
 * there is no policy of known cost and quality beside something to hold it against.
 */
export function plotFrontier(data: FrontierRows, { width, colours }: PlotOptions): string | null {
  const policies = data.rows.filter(({ kind }) => kind === 'policy')
  if (policies.length === 0 || data.rows.length < 2) return null
  const columns = Math.min(width, MAX_WIDTH) - LEFT - 2
  const scale = frontierScale(data, Math.max(2, Math.floor(columns / 12)))
  const grid = emptyGrid(columns)
  const place = placer(scale, columns)
  const put = (spot: Spot, cell: Cell): void => {
    const { row, column } = place(spot)
    const line = grid[row]
    if (line !== undefined) line[column] = cell
  }
  for (const spot of denseLine(data, columns)) put(spot, { mark: '·', paint: colours.dim })
  const letters = lettersOf(data.rows, place)
  for (const kind of DRAWN_ORDER) {
    for (const row of data.rows.filter((one) => one.kind === kind))
      put(row, { mark: MARKS[kind] ?? letters.get(row) ?? '?', paint: paints(colours)[kind] })
  }
  return [
    ...drawn(grid, scale, colours.dim),
    ...costLines(scale, columns, colours.dim),
    ...keyLines(data, letters, { width, lowest: scale.quality[0] }),
  ].join('\n')
}

/** Later ones stand on top. */
const DRAWN_ORDER: readonly FrontierKind[] = [
  'single',
  'partialSingle',
  'control',
  'hullSingle',
  'oracle',
  'policy',
  'baseline',
]

const BASELINE = '■'

const MARKS: Partial<Readonly<Record<FrontierKind, string>>> = {
  single: '◇',
  partialSingle: '▷',
  control: '×',
  hullSingle: '◆',
  oracle: '▲',
  baseline: BASELINE,
}

function paints({
  bold,
  cyan,
  dim,
  magenta,
  yellow,
}: PlotOptions['colours']): Readonly<Record<FrontierKind, Paint>> {
  return {
    single: dim,
    partialSingle: dim,
    control: magenta,
    hullSingle: (text) => text,
    oracle: yellow,
    policy: (text) => bold(cyan(text)),
    baseline: bold,
  }
}

interface Spot {
  readonly costUsd: number
  readonly quality: number
}

type Placer = (spot: Spot) => { readonly row: number; readonly column: number }

/** What lies below the chart stands on its lowest line, as in the drawing. */
function placer({ cost, quality: [low, high] }: FrontierScale, columns: number): Placer {
  const within = (value: number, size: number): number =>
    Math.min(size - 1, Math.max(0, Math.round(value * (size - 1))))
  return ({ costUsd, quality }) => ({
    row: within(1 - (quality - low) / (high - low), ROWS),
    column: within(cost.place(costUsd), columns),
  })
}

/** The hull, so close that no column is left out. */
function denseLine({ hull }: FrontierRows, columns: number): Spot[] {
  const line = hullLine(hull)
  return line.flatMap((from, i) => {
    const to = line[i + 1] ?? from
    return Array.from({ length: columns }, (_, k) => ({
      costUsd: from.costUsd + ((to.costUsd - from.costUsd) * k) / columns,
      quality: from.quality + ((to.quality - from.quality) * k) / columns,
    }))
  })
}

function emptyGrid(columns: number): (Cell | undefined)[][] {
  return Array.from({ length: ROWS }, () => Array.from({ length: columns }, () => undefined))
}

/** Policies at one place share a letter, or the sign of the baseline, which would hide them. */
function lettersOf(rows: readonly FrontierRow[], place: Placer): ReadonlyMap<FrontierRow, string> {
  const byPlace = new Map<string, string>()
  const at = (row: FrontierRow): string => Object.values(place(row)).join()
  for (const row of rows) if (row.kind === 'baseline') byPlace.set(at(row), BASELINE)
  let used = 0
  const policies = rows.filter(({ kind }) => kind === 'policy')
  return new Map(
    policies.map((row) => {
      const letter = byPlace.get(at(row)) ?? letterOf(used++)
      byPlace.set(at(row), letter)
      return [row, letter]
    }),
  )
}

function letterOf(index: number): string {
  return 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'.charAt(index) || '+'
}

function drawn(
  grid: readonly (Cell | undefined)[][],
  { quality, qualityTicks }: FrontierScale,
  dim: Paint,
): string[] {
  const [low, high] = quality
  const labels = new Map(
    qualityTicks.map((tick) => [
      Math.round((1 - (tick - low) / (high - low)) * (ROWS - 1)),
      percent(tick, 0),
    ]),
  )
  return grid.map((line, row) => {
    const label = labels.get(row)
    const axis = `${(label ?? '').padStart(LEFT - 2)} ${label === undefined ? '│' : '┤'}`
    const last = line.findLastIndex((cell) => cell !== undefined)
    const cells = line.slice(0, last + 1).map((cell) => (cell === undefined ? ' ' : cell.paint(cell.mark)))
    return `${dim(axis)}${cells.join('')}`
  })
}

function costLines({ cost }: FrontierScale, columns: number, dim: Paint): string[] {
  const axis = Array.from({ length: columns }, () => '─')
  const labels = Array.from({ length: columns + LEFT }, () => ' ')
  let free = 0
  for (const tick of cost.ticks) {
    const column = Math.round(cost.place(tick) * (columns - 1))
    const label = tickLabel(tick)
    const start = Math.max(
      0,
      Math.min(columns + LEFT - label.length, LEFT + column - Math.floor(label.length / 2)),
    )
    if (start < free) continue
    axis[column] = '┬'
    labels.splice(start, label.length, ...label)
    free = start + label.length + 1
  }
  return [
    dim(`${' '.repeat(LEFT - 1)}└${axis.join('')}`),
    dim(labels.join('').trimEnd()),
    dim(`${' '.repeat(LEFT)}cost per 1,000 requests; up and left is better`),
  ]
}

/** What the letters and signs stand for, as many on a line as fit. */
function keyLines(
  { rows }: FrontierRows,
  letters: ReadonlyMap<FrontierRow, string>,
  { width, lowest }: { readonly width: number; readonly lowest: number },
): string[] {
  const has = (kind: FrontierKind): boolean => rows.some((row) => row.kind === kind)
  const entries = [
    ...namesByLetter(rows, letters, lowest).map(([letter, names]) => `${letter} ${listed(names)}`),
    ...(has('hullSingle') ? ['◆ model on the hull (··· mixes of them)'] : []),
    ...(has('single') ? ['◇ model below it'] : []),
    ...(has('partialSingle') ? ['▷ model known in part'] : []),
    ...(has('control') ? ['× models by lot'] : []),
    ...(has('oracle') ? ['▲ oracle'] : []),
  ]
  const lines: string[] = []
  for (const entry of entries) {
    const last = lines.at(-1)
    const longer = last === undefined ? entry : `${last}   ${entry}`
    if (last !== undefined && [...longer].length <= width) lines[lines.length - 1] = longer
    else lines.push(entry)
  }
  return lines.flatMap((line) => folded(line, width))
}

function namesByLetter(
  rows: readonly FrontierRow[],
  letters: ReadonlyMap<FrontierRow, string>,
  lowest: number,
): [letter: string, names: string[]][] {
  const found = new Map<string, string[]>()
  const add = (letter: string, name: string): void =>
    void found.set(letter, [...(found.get(letter) ?? []), name])
  for (const { kind, label } of rows)
    if (kind === 'baseline') add(BASELINE, shortName(label, NAME_LENGTH + 9))
  // An arrow: the point stands on the lowest line and belongs further down.
  for (const [row, letter] of letters)
    add(
      letter,
      `${shortName(directName(row), NAME_LENGTH)}${row.quality < lowest ? ` ↓ ${percent(row.quality)}` : ''}`,
    )
  return [...found]
}

function folded(line: string, width: number): string[] {
  const lines: string[] = []
  for (const word of line.split(' ')) {
    const last = lines.at(-1)
    const longer = last === undefined ? word : `${last} ${word}`
    if (last !== undefined && longer.length <= width) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}
