import { WIDTHS, type Chart, type KeyEntry, type LegendEntry } from './charts/chart.js'
import { textWidth } from './charts/place-labels.js'
import { swatchMarks } from './elements.js'
import { shortName } from './format.js'
import { escapeHtml } from './markup.js'
import { withColours } from './page-colours.js'
import { renderSvg } from './render-svg.js'

export interface Drawing {
  readonly title: string
  readonly chart: Chart
  /** Stands below the chart: what a reader must know who has nothing but this picture. */
  readonly note: string
}

export interface Picture {
  readonly svg: string
  /** In pixels, before any zoom. */
  readonly width: number
  readonly height: number
}

/** What XML has no way to write. */
const NOT_XML = /[\ufffe\uffff]/g
interface Block {
  readonly marks: string
  readonly height: number
}

const FONT = 'font-family="system-ui, sans-serif"'
const EDGE = 14
const TITLE_SIZE = 15
const TEXT_SIZE = 12
const NOTE_SIZE = 11

/**
 * A chart that can stand alone: title, legend, drawing and note in one SVG with its colours written out, and the text
 * alternative as `<title>` and `<desc>`. The same chart and colours give the same text.
 */
export async function standaloneSvg(
  { title, chart, note }: Drawing,
  colours: ReadonlyMap<string, string>,
): Promise<Picture> {
  const width = chart.widths.includes('wide') ? 'wide' : 'narrow'
  const inner = WIDTHS[width]
  const drawn = boxed(await renderSvg(chart.spec(width)))
  const titleLines = lines(title, TITLE_SIZE * 1.06, inner)
  const legend = legendRows(chart.legend, inner)
  const noteLines = lines(note, NOTE_SIZE, inner)
  const legendTop = EDGE + titleLines.length * 19 + 4
  const chartTop = legendTop + legend.height + 6
  const key = keyColumns(chart.key?.(width) ?? [], inner)
  const keyTop = chartTop + drawn.height + 14
  const noteTop = keyTop + key.height + 2
  const height = Math.ceil(noteTop + noteLines.length * 15 + EDGE - 10)
  const full = inner + 2 * EDGE
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${full}" height="${height}" viewBox="0 0 ${full} ${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escapeHtml(title)}</title><desc id="desc">${escapeHtml(chart.finding)}</desc>`,
    `<rect width="${full}" height="${height}" fill="var(--surface)"/>`,
    ...titleLines.map((line, i) =>
      text(line, EDGE, EDGE + 13 + i * 19, `font-size="${TITLE_SIZE}" font-weight="600" fill="var(--ink)"`),
    ),
    `<g transform="translate(${EDGE},${legendTop})">${legend.marks}</g>`,
    `<svg x="${EDGE}" y="${chartTop}" width="${drawn.width}" height="${drawn.height}" viewBox="0 0 ${drawn.width} ${drawn.height}">${drawn.body}</svg>`,
    `<g transform="translate(${EDGE},${keyTop})">${key.marks}</g>`,
    ...noteLines.map((line, i) =>
      text(line, EDGE, noteTop + i * 15, `font-size="${NOTE_SIZE}" fill="var(--muted)"`),
    ),
    '</svg>\n',
  ]
  return { svg: withColours(parts.join(''), colours).replace(NOT_XML, '\ufffd'), width: full, height }
}

/** What stands between the page's `<svg>` and its end, with the size it is drawn for. */
function boxed(svg: string): { readonly body: string; readonly width: number; readonly height: number } {
  const found = /^<svg viewBox="0 0 ([\d.]+) ([\d.]+)"[^>]*>([\s\S]*)<\/svg>\s*$/.exec(svg)
  if (found === null) throw new Error('a drawing must be one SVG with a viewBox that begins at 0 0')
  return { width: Number(found[1]), height: Number(found[2]), body: found[3] ?? '' }
}

function text(content: string, x: number, y: number, attributes: string): string {
  return `<text x="${x}" y="${y}" ${FONT} ${attributes}>${escapeHtml(content)}</text>`
}

/** Broken between words; a word longer than the line stands alone on it. */
function lines(content: string, fontSize: number, width: number): string[] {
  const broken: string[] = []
  for (const word of content.split(/ +/)) {
    const last = broken.at(-1)
    const longer = last === undefined ? word : `${last} ${word}`
    if (last !== undefined && textWidth(longer, fontSize) <= width) broken[broken.length - 1] = longer
    else broken.push(word)
  }
  return broken
}

const KEY_COLUMN = 190
const KEY_ROW = 15

/** What the numbers on the chart stand for, down the columns. */
function keyColumns(key: readonly KeyEntry[], width: number): Block {
  const columns = Math.max(1, Math.floor(width / KEY_COLUMN))
  const rows = Math.ceil(key.length / columns)
  const marks = key.map(({ number, name, beside }, i) => {
    const x = Math.floor(i / rows) * KEY_COLUMN
    return text(
      `${number}  ${shortName(name, 24)}${beside === undefined ? '' : ` (next to ${beside})`}`,
      x,
      (i % rows) * KEY_ROW,
      `font-size="${NOTE_SIZE}" fill="var(--ink)"`,
    )
  })
  return { marks: marks.join(''), height: rows === 0 ? 0 : rows * KEY_ROW + 6 }
}

const SWATCH = 24
const GAP = 16
const ROW = 20

/** Entries side by side while there is room. */
function legendRows(entries: readonly LegendEntry[], width: number): Block {
  let x = 0
  let row = 0
  const marks = entries.map((entry) => {
    const own = SWATCH + 6 + textWidth(entry.label, TEXT_SIZE)
    if (x > 0 && x + own > width) {
      x = 0
      row++
    }
    const at = `<g transform="translate(${x},${row * ROW})">${swatchMarks(entry)}${text(entry.label, SWATCH + 6, 11, `font-size="${TEXT_SIZE}" fill="var(--ink)"`)}</g>`
    x = Math.ceil(x + own + GAP)
    return at
  })
  return { marks: marks.join(''), height: entries.length === 0 ? 0 : (row + 1) * ROW }
}
