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
export function shapeOf(whole: string, { tokens, turns }: RequestSize): Float64Array {
  const text = whole.length > LONGEST ? whole.slice(0, LONGEST) : whole
  let [words, letters, lines, numbers, largest, decimals, indented] = [0, 0, 1, 0, 0, 0, 0]
  let [percent, dollar, operators, brackets, backslashes, questions, commas, sentences, quotes] = [
    0, 0, 0, 0, 0, 0, 0, 0, 0,
  ]
  let [capitals, digits, value] = [0, 0, 0]
  let [inWord, inNumber, lineStart] = [false, false, true]
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    const isDigit = unit >= 48 && unit <= 57
    const isCapital = unit >= 65 && unit <= 90
    const isLetter = isCapital || (unit >= 97 && unit <= 122) || unit > 127
    if (lineStart && (unit === 9 || (unit === 32 && text.charCodeAt(i + 1) === 32))) indented++
    lineStart = unit === 10
    if (isLetter && !inWord) words++
    if (isLetter) letters++
    if (isCapital) capitals++
    inWord = isLetter
    if (isDigit) {
      digits++
      if (!inNumber) numbers++
      value = Math.min(1e9, (inNumber ? value * 10 : 0) + (unit - 48))
      if (value > largest) largest = value
    }
    inNumber = isDigit
    switch (unit) {
      case 10:
        lines++
        break
      case 37:
        percent++
        break
      case 36:
        dollar++
        break
      case 42: // *
      case 43: // +
      case 45: // -
      case 47: // /
      case 60: // <
      case 61: // =
      case 62: // >
      case 94: // ^
        operators++
        break
      case 40:
      case 41:
      case 59: // ;
      case 91:
      case 93:
      case 123:
      case 125:
        brackets++
        break
      case 92:
        backslashes++
        break
      case 34:
      case 39:
        quotes++
        break
      case 44:
        commas++
        break
      case 63:
        questions++
        if (isBreak(text.charCodeAt(i + 1))) sentences++
        break
      case 33:
        if (isBreak(text.charCodeAt(i + 1))) sentences++
        break
      case 46:
        if (isBreak(text.charCodeAt(i + 1))) sentences++
        else if (inDigits(text, i)) decimals++
    }
  }
  const size = Math.max(1, text.length)
  return Float64Array.of(
    Math.log1p(whole.length),
    Math.log1p(words),
    Math.log1p(lines),
    Math.log1p(numbers),
    Math.log1p(largest),
    Math.log1p(decimals),
    Math.log1p(percent),
    Math.log1p(dollar),
    Math.log1p(operators),
    Math.log1p(brackets),
    Math.log1p(backslashes),
    Math.log1p(questions),
    Math.log1p(commas),
    Math.log1p(sentences),
    Math.log1p(quotes),
    capitals / size,
    digits / size,
    letters / Math.max(1, words),
    Math.log1p(words / Math.max(1, sentences)),
    Math.log1p(indented),
    Math.log1p(tokens),
    Math.log1p(turns),
  )
}

/** White space or the end of the text (NaN). */
function isBreak(unit: number): boolean {
  return !(unit > 32)
}

/** A point between two digits. */
function inDigits(text: string, at: number): boolean {
  const [before, after] = [text.charCodeAt(at - 1), text.charCodeAt(at + 1)]
  return before >= 48 && before <= 57 && after >= 48 && after <= 57
}

/** How long a text is, in three ways. */
export const LENGTH_NAMES = ['length', 'thousandCharacters', 'words'] as const

/** Of the whole text; `shape` is the text's own. */
export function lengthsOf(text: string, shape: Float64Array): Float64Array {
  return Float64Array.of(Math.log1p(text.length), Math.min(LONGEST, text.length) / 1000, shape[1] as number)
}
