/**
 * HTML as a value: a template escapes everything it is given except other markup, so text from a log can only ever
 * become text. The one way in for raw markup is `trusted`.
 */

declare const brand: unique symbol

export interface Markup {
  readonly [brand]: true
  readonly text: string
}

export type Piece = Markup | string | number | null | readonly Piece[]

export function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  const text = parts.map((part, i) => (i === 0 ? '' : written(pieces[i - 1] ?? null)) + unindented(part))
  return trusted(text.join(''))
}

/** Indentation in the source would be a third of a page of tables. */
function unindented(part: string): string {
  return part.replace(/\s*\n\s*/g, '\n')
}

/** Markup of our own making (a style sheet, an SVG from the chart library). Never call it with text from outside. */
export function trusted(text: string): Markup {
  return { text } as Markup
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
// Invalid in HTML, or able to reorder the text around them.
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

export function escapeHtml(text: string): string {
  return text.replace(FORBIDDEN, '\u00b7').replace(/[&<>"']/g, (letter) => ESCAPES[letter] ?? letter)
}

function written(piece: Piece): string {
  if (piece === null) return ''
  if (typeof piece === 'string') return escapeHtml(piece)
  if (typeof piece === 'number') return String(piece)
  return isMarkup(piece) ? piece.text : piece.map(written).join('')
}

function isMarkup(piece: Markup | readonly Piece[]): piece is Markup {
  return 'text' in piece
}
