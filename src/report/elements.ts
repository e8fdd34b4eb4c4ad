/** The page's repeated pieces: names, tables, legends, figures. */

import { choices, STRETCHING_LAYERS, type Chart, type LegendEntry, type Width } from './charts/chart.js'
import { viewClass } from './filter-style.js'
import { plainName, shortName, UNKNOWN } from './format.js'
import { html, trusted, type Markup, type Piece } from './markup.js'
import { renderSvg } from './render-svg.js'

/** Longer data tables are cut and say so: the stored run has all rows. */
const MAX_ROWS = 200
const NAME_LENGTH = 60

/** A name out of a log: isolated, so that right-to-left letters do not reorder the line around it. */
export function name(text: string): Markup {
  const plain = plainName(text)
  const short = shortName(plain, NAME_LENGTH)
  return short === plain
    ? html`<bdi>${plain}</bdi>`
    : html`<bdi title="${plain.slice(0, 500)}">${short}</bdi>`
}

export interface Column<Row> {
  readonly head: Piece
  /** `number` does not wrap, `words` is left-aligned text; the first column is the row's head. */
  readonly kind: 'number' | 'words'
  readonly cell: (row: Row) => Piece
}

export interface TableOptions<Row> {
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly isFeatured?: (row: Row) => boolean
}

/** A table in a region that scrolls sideways by keyboard, so that the page itself never does. */
export function table<Row>({ caption, columns, rows, isFeatured }: TableOptions<Row>): Markup {
  const shown = rows.slice(0, MAX_ROWS)
  const cut =
    rows.length > shown.length ? ` First ${MAX_ROWS} of ${rows.length} rows; the stored run has all.` : ''
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Table: ${caption}">
    <table>
      <caption>
        <span>${caption}${cut}</span>
      </caption>
      <thead>
        <tr>
          ${columns.map(({ head, kind }) => html`<th scope="col" class="${kind}">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${shown.map((row) => tableRow(columns, row, isFeatured?.(row) === true))}
      </tbody>
    </table>
  </div>`
}

function tableRow<Row>(columns: readonly Column<Row>[], row: Row, isFeatured: boolean): Markup {
  const cells = columns.map(({ kind, cell }, i) =>
    i === 0 ? html`<th scope="row">${cell(row)}</th>` : html`<td class="${kind}">${cell(row)}</td>`,
  )
  return isFeatured
    ? html`<tr class="featured">
        ${cells}
      </tr> `
    : html`<tr>
        ${cells}
      </tr> `
}

/** What a reader may look into: folded away, or open where it belongs to the story. */
export function folded(summary: Piece, body: Piece, isOpen = false): Markup {
  return isOpen
    ? html`<details open="">
        <summary>${summary}</summary>
        ${body}
      </details>`
    : html`<details>
        <summary>${summary}</summary>
        ${body}
      </details>`
}

/** A sentence of ours in which backticks mark what is typed. */
export function withCode(sentence: string): Markup {
  const parts = sentence.split('`')
  return html`${parts.map((part, i) => (i % 2 === 1 && i < parts.length - 1 ? html`<code>${part}</code>` : part))}`
}

/** A value with its interval or note beneath. */
export function withNote(value: Piece, note: Piece): Markup {
  return note === '' ? html`${value}` : html`${value}<span class="sub">${note}</span>`
}

/** A value with its interval; why there is none stands once, in the evidence section. Two unknowns need one word. */
export function noted(value: string, interval: string): Markup {
  if (interval !== UNKNOWN) return withNote(value, interval)
  return withNote(value, value === UNKNOWN ? '' : 'no interval')
}

export interface FigureOptions {
  readonly title: Piece
  readonly chart: Chart
  /** The same rows as a table; null when a table beside the figure has them already. */
  readonly data: Markup | null
}

/** A chart with its text alternative, its legend and its rows. */
export async function figure({ title, chart, data }: FigureOptions): Promise<Markup> {
  const table =
    data === null
      ? null
      : html`<details>
          <summary>Data of this chart as a table</summary>
          ${data}
        </details>`
  return html`<figure>
    <figcaption>${title}</figcaption>
    ${legend(chart.legend)} ${await views(chart)} ${table}
  </figure> `
}

/** The drawing of all, and those for readers who switched layers off: the style sheet shows the one for their choice. */
async function views(chart: Chart): Promise<Markup> {
  const { filtered = [] } = chart
  const whole = await drawings(chart, chart)
  if (filtered.length === 0) return whole
  const own = filtered.flatMap(({ without }) => without.map(viewClass))
  const rest = choices(STRETCHING_LAYERS)
    .map(viewClass)
    .filter((one) => !own.includes(one))
  const others = filtered.map(
    async (view) =>
      html`<div class="view filtered ${view.without.map(viewClass).join(' ')}">
        ${await drawings(chart, view)}
      </div>`,
  )
  return html`<div class="view ${rest.join(' ')}">${whole}</div>
    ${await Promise.all(others)}`
}

async function drawings({ widths, finding }: Chart, view: Pick<Chart, 'key' | 'spec'>): Promise<Markup> {
  const drawn = await Promise.all(
    widths.map(
      async (width) =>
        html`<div class="chart ${width}" role="img" aria-label="${finding}">
          ${trusted(await renderSvg(view.spec(width)))}
        </div>`,
    ),
  )
  return html`<div class="${widths.length > 1 ? 'both' : 'one'}">
    ${drawn}${widths.map((width) => modelKey(view, width))}
  </div>`
}

export function legend(entries: readonly LegendEntry[]): Markup | null {
  if (entries.length === 0) return null
  return html`<ul class="legend">
    ${entries.map((entry) => html`<li>${legendEntry(entry)}</li>`)}
  </ul>`
}

/** What may be switched off is a box to tick: the style sheet hides the layer of the figure, without a script. */
function legendEntry(entry: LegendEntry): Markup {
  const { layer, label } = entry
  return layer === undefined
    ? html`${swatch(entry)}<span>${label}</span>`
    : html`<label
        ><input type="checkbox" class="show-${layer}" checked />${swatch(entry)}<span>${label}</span></label
      >`
}

/** Only the one of the drawing that is shown is. */
function modelKey({ key }: Pick<Chart, 'key'>, width: Width): Markup | null {
  const entries = key?.(width) ?? []
  if (entries.length === 0) return null
  return html`<ol class="key ${width}" aria-label="Models by their number on the chart">
    ${entries.map(
      ({ number, name: model, beside, layer }) =>
        html`<li value="${number}" class="${layer ?? 'hull'}_key">
          ${name(model)}${beside === undefined ? null : html` (next to ${beside})`}
        </li>`,
    )}
  </ol>`
}

const SWATCHES: Readonly<Record<LegendEntry['mark'], string>> = {
  circle: '<circle cx="12" cy="7" r="5" fill="COLOUR"/>',
  square: '<path d="M7.5,2.5h9v9h-9Z" fill="COLOUR"/>',
  diamond: '<path d="M12,1.5L17,7L12,12.5L7,7Z" fill="COLOUR"/>',
  openDiamond: '<path d="M12,2L16.5,7L12,12L7.5,7Z" fill="none" stroke="COLOUR" stroke-width="1.5"/>',
  triangle: '<path d="M12,1.5L17.5,12H6.5Z" fill="COLOUR"/>',
  arrow: '<path d="M8,2L17,7L8,12Z" stroke="COLOUR" stroke-width="1.5" fill="none"/>',
  cross: '<path d="M8,3L16,11M16,3L8,11" stroke="COLOUR" stroke-width="2" fill="none"/>',
  bar: '<path d="M2,1h20v12h-20Z" fill="COLOUR" stroke="var(--muted)" stroke-width=".5"/>',
  line: '<path d="M1,7H23" stroke="COLOUR" stroke-width="2"/>',
  dashed: '<path d="M1,7H23" stroke="COLOUR" stroke-width="2" stroke-dasharray="5 3"/>',
  longDashed: '<path d="M1,7H23" stroke="COLOUR" stroke-width="3" stroke-dasharray="10 2"/>',
  dotted: '<path d="M1,7H23" stroke="COLOUR" stroke-width="3" stroke-dasharray="2 4"/>',
  dashDotted: '<path d="M1,7H23" stroke="COLOUR" stroke-width="2" stroke-dasharray="8 3 2 3"/>',
}

/** The entry's mark as SVG in a box of 24 by 14 pixels. */
export function swatchMarks({ mark, colour }: LegendEntry): string {
  return SWATCHES[mark].replaceAll('COLOUR', colour)
}

function swatch(entry: LegendEntry): Markup {
  return trusted(`<svg viewBox="0 0 24 14" aria-hidden="true" focusable="false">${swatchMarks(entry)}</svg>`)
}
