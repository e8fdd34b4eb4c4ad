import * as kind from './character-kinds.js'

/** Structure of a text as numbers, in this order. Counts are logarithmic: ln(1 + n). */
export const SHAPE_NAMES = [
  'length',
  'words',
  'lines',
  'numbers',
  'largestNumber',
  'decimals',
  'percentSigns',
  'dollarSigns',
  'operators',
  'brackets',
  'backslashes',
  'questionMarks',
  'commas',
  'sentences',
  'quotes',
  'capitalShare',
  'digitShare',
  'wordLength',
  'sentenceLength',
  'indentedLines',
  'inputTokens',
  'turns',
] as const

/** Of the whole request, where the text is only what must be answered next. */
export interface RequestSize {
  readonly tokens: number
  /** Messages of the user. */
  readonly turns: number
}

/** A text that is all there is, by the rule of thumb of four characters a token. */
export function sizeOf(text: string): RequestSize {
  return { tokens: text.length / 4, turns: 1 }
}

const LONGEST = 32_768

/** One pass over the text, at most its first 32,768 characters. Not scaled: whoever learns from it scales it. */
export function shapeOf(whole: Uint16Array, { tokens, turns }: RequestSize): Float64Array {
  const units = whole.subarray(0, LONGEST)
  const counts = new Int32Array(kind.KINDS)
  let [words, numbers, value, largest, decimals, sentences, indented] = [0, 0, 0, 0, 0, 0, 0]
  let previous = kind.NEW_LINE
  for (let i = 0; i < units.length; i++) {
    const unit = units[i] as number
    const own = kind.kindOf(unit)
    counts[own] = (counts[own] as number) + 1
    if (own <= kind.CAPITAL) {
      if (previous > kind.CAPITAL) words++
    } else if (own === kind.DIGIT) {
      if (previous !== kind.DIGIT) {
        numbers++
        value = 0
      }
      value = Math.min(1e9, value * 10 + (unit - 48))
      if (value > largest) largest = value
    } else if (own >= kind.EXCLAMATION || own === kind.QUESTION) {
      if (isBreak(units, i + 1)) sentences++
      else if (own === kind.POINT && inDigits(units, i)) decimals++
    }
    if (previous === kind.NEW_LINE && isIndent(units, i)) indented++
    previous = own
  }
  const count = (of: number): number => counts[of] as number
  const letters = count(kind.LETTER) + count(kind.CAPITAL)
  const size = Math.max(1, units.length)
  return Float64Array.of(
    Math.log1p(whole.length),
    Math.log1p(words),
    Math.log1p(1 + count(kind.NEW_LINE)),
    Math.log1p(numbers),
    Math.log1p(largest),
    Math.log1p(decimals),
    Math.log1p(count(kind.PERCENT)),
    Math.log1p(count(kind.DOLLAR)),
    Math.log1p(count(kind.OPERATOR)),
    Math.log1p(count(kind.BRACKET)),
    Math.log1p(count(kind.BACKSLASH)),
    Math.log1p(count(kind.QUESTION)),
    Math.log1p(count(kind.COMMA)),
    Math.log1p(sentences),
    Math.log1p(count(kind.QUOTE)),
    count(kind.CAPITAL) / size,
    count(kind.DIGIT) / size,
    letters / Math.max(1, words),
    Math.log1p(words / Math.max(1, sentences)),
    Math.log1p(indented),
    Math.log1p(tokens),
    Math.log1p(turns),
  )
}

/** A tab or two blanks. */
function isIndent(units: Uint16Array, at: number): boolean {
  const unit = units[at]
  return unit === 9 || (unit === 32 && at + 1 < units.length && units[at + 1] === 32)
}

/** White space or the end of the text. */
function isBreak(units: Uint16Array, at: number): boolean {
  return at === units.length || (units[at] as number) <= 32
}

/** A point between two digits. */
function inDigits(units: Uint16Array, at: number): boolean {
  return (
    at > 0 && at + 1 < units.length && isDigit(units[at - 1] as number) && isDigit(units[at + 1] as number)
  )
}

function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57
}

/** How long a text is, in three ways. */
export const LENGTH_NAMES = ['length', 'thousandCharacters', 'words'] as const

/** Of the whole text; `shape` is the text's own, where it is known. */
export function lengthsOf(units: Uint16Array, shape?: Float64Array): Float64Array {
  const logWords = shape === undefined ? Math.log1p(wordsOf(units)) : (shape[1] as number)
  return Float64Array.of(Math.log1p(units.length), Math.min(LONGEST, units.length) / 1000, logWords)
}

/** Runs of letters, counted as for a shape. */
function wordsOf(units: Uint16Array): number {
  let [words, previous] = [0, kind.OTHER]
  for (let i = 0; i < Math.min(LONGEST, units.length); i++) {
    const own = kind.kindOf(units[i] as number)
    if (own <= kind.CAPITAL && previous > kind.CAPITAL) words++
    previous = own
  }
  return words
}
