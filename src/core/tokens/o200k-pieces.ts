import { classOf, DIGIT, LEAD, LOWER, SPACE, SYMBOL, UPPER } from './char-class.js'

/**
 * The pre-tokenizer of o200k_base, by hand. The regular expression of js-tiktoken gives the same pieces, but it
 * backtracks: on runs of some megabytes V8 ends it with "Maximum call stack size exceeded". Here each code unit is
 * looked at a bounded number of times (at most once as a word, again as upper case, symbol or space).
 */
export const O200K_PATTERN = [
  "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+('s|'S|'t|'T|'re|'rE|'Re|'RE|'ve|'vE|'Ve|'VE|'m|'M|'ll|'lL|'Ll|'LL|'d|'D)?",
  "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*('s|'S|'t|'T|'re|'rE|'Re|'RE|'ve|'vE|'Ve|'VE|'m|'M|'ll|'lL|'Ll|'LL|'d|'D)?",
  '\\p{N}{1,3}',
  ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*',
  '\\s*[\\r\\n]+',
  '\\s+(?!\\S)',
  '\\s+',
].join('|')

const NONE = -1
const [NEWLINE, RETURN, BLANK, QUOTE, SLASH] = [10, 13, 32, 39, 47] as const

/** End (in code units) of the piece that starts at `start`; every code unit belongs to exactly one piece. */
export function pieceEnd(text: string, start: number): number {
  const first = codePointAt(text, start)
  const kind = classOf(first)
  const next = start + widthOf(first)
  const word = wordEnd(text, start, next, kind)
  if (word !== NONE) return word
  if (kind & DIGIT) return digitsEnd(text, next)
  const symbols = symbolsEnd(text, first === BLANK ? next : start)
  return symbols === NONE ? spacesEnd(text, start) : symbols
}

/** The two word alternatives, each tried with the leading character and, for a mark, without it. */
function wordEnd(text: string, start: number, next: number, kind: number): number {
  if (!(kind & LEAD)) {
    const end = capitalisedEnd(text, start)
    return end === NONE ? capitalsEnd(text, start) : end
  }
  let end = capitalisedEnd(text, next)
  if (end === NONE && kind & UPPER) end = capitalisedEnd(text, start)
  return end === NONE ? capitalsEnd(text, next) : end
}

/** `UPPER* LOWER+`, then a contraction. When the capitals run into nothing, they give back up to the last LOWER one. */
function capitalisedEnd(text: string, start: number): number {
  let at = start
  let lastLower = NONE
  while (at < text.length) {
    const char = codePointAt(text, at)
    const kind = classOf(char)
    if (!(kind & UPPER)) {
      if (kind & LOWER) return contractionEnd(text, runEnd(text, at, LOWER))
      break
    }
    at += widthOf(char)
    if (kind & LOWER) lastLower = at
  }
  return lastLower === NONE ? NONE : contractionEnd(text, lastLower)
}

/** `UPPER+ LOWER*`, reached only when no LOWER can follow. */
function capitalsEnd(text: string, start: number): number {
  const end = runEnd(text, start, UPPER)
  return end === start ? NONE : contractionEnd(text, end)
}

function runEnd(text: string, start: number, kind: number): number {
  let at = start
  while (at < text.length) {
    const char = codePointAt(text, at)
    if (!(classOf(char) & kind)) break
    at += widthOf(char)
  }
  return at
}

/** `('s|'t|'re|'ve|'m|'ll|'d)?` in any case. */
function contractionEnd(text: string, at: number): number {
  if (text.charCodeAt(at) !== QUOTE) return at
  const first = text.charCodeAt(at + 1) | 32
  if (first === 115 || first === 116 || first === 109 || first === 100)
    return ascii(text, at + 1) ? at + 2 : at
  const second = text.charCodeAt(at + 2) | 32
  const known = ((first === 114 || first === 118) && second === 101) || (first === 108 && second === 108)
  return known && ascii(text, at + 1) && ascii(text, at + 2) ? at + 3 : at
}

/** `| 32` lowers ASCII letters only among codes from 65; it maps nothing else onto a letter but codes 64 below. */
function ascii(text: string, at: number): boolean {
  return text.charCodeAt(at) >= 65
}

function digitsEnd(text: string, second: number): number {
  let at = second
  for (let count = 1; count < 3 && at < text.length; count++) {
    const char = codePointAt(text, at)
    if (!(classOf(char) & DIGIT)) break
    at += widthOf(char)
  }
  return at
}

/** `SYMBOL+ [\r\n/]*` */
function symbolsEnd(text: string, start: number): number {
  let at = runEnd(text, start, SYMBOL)
  if (at === start) return NONE
  for (; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit !== NEWLINE && unit !== RETURN && unit !== SLASH) break
  }
  return at
}

/** `\s*[\r\n]+`, else all spaces at the end of the text, else all but the last, which may lead a word. */
function spacesEnd(text: string, start: number): number {
  let at = start
  let afterNewline = NONE
  for (; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (!(classOf(unit) & SPACE)) break
    if (unit === NEWLINE || unit === RETURN) afterNewline = at + 1
  }
  if (afterNewline !== NONE) return afterNewline
  return at === text.length || at === start + 1 ? at : at - 1
}

/** Like `String.prototype.codePointAt`, for an index inside the text, with the common case first. */
function codePointAt(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  if ((unit & 0xfc00) !== 0xd800) return unit
  const low = text.charCodeAt(at + 1)
  return (low & 0xfc00) === 0xdc00 ? ((unit - 0xd800) << 10) + (low - 0xdc00) + 0x10000 : unit
}

function widthOf(codePoint: number): number {
  return codePoint > 0xffff ? 2 : 1
}
