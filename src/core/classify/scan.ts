import { createPhraseMatcher, type PhraseMatcher } from './phrases.js'
import { REQUIREMENTS } from './requirements.js'
import { isStackFrame } from './stack-frames.js'
import { TextUnits } from './text-units.js'

/** What is counted in the text of one message. */
export interface Counts {
  codeBlocks: number
  indentedLines: number
  stackFrames: number
  question: boolean
  /** Things asked for: list items, words of obligation, clauses joined by "and" or "then" with a verb of work. */
  requirements: number
  /** Distinct keywords found, one count a group. */
  readonly keywords: number[]
}

export type Scanner = (text: string) => Counts

const ASKS = /^\W{0,20}(?:how|what|why|when|where|which|who|whose|can|could|would|is|are|does|did)\b/i
const LIST_ITEM = /(?:[-*•]|\d{1,3}[.)])[ \t]/y
const FENCE = /```|~~~/y

/**
 * A scanner for the given keyword groups. Text is read line by line, each line once: fences, indentation, list items
 * and stack frames at its beginning; keywords, requirements and question marks in prose, which is what stands outside
 * fenced and indented code.
 */
export function createScanner(groups: readonly (readonly string[])[]): Scanner {
  const groupOf = groups.flatMap((words, group) => words.map(() => group))
  const room = new TextUnits()
  let matcher: PhraseMatcher | undefined

  return (text) => {
    const match = (matcher ??= createPhraseMatcher([...groups.flat(), ...REQUIREMENTS]))
    const counts = { ...noCounts(groups.length), question: ASKS.test(text.slice(0, 64)) }
    const seen = new Set<number>()
    const units = room.read(text)
    eachProseLine(text, counts, (start, end) => {
      match(text, units, start, end, (phrase) => {
        const group = groupOf[phrase]
        if (group === undefined) counts.requirements++
        else if (!seen.has(phrase)) {
          seen.add(phrase)
          counts.keywords[group] = (counts.keywords[group] ?? 0) + 1
        }
      })
    })
    return counts
  }
}

export function noCounts(groups: number): Counts {
  return {
    codeBlocks: 0,
    indentedLines: 0,
    stackFrames: 0,
    question: false,
    requirements: 0,
    keywords: new Array<number>(groups).fill(0),
  }
}

/** Counts what a line's beginning tells and hands the lines of prose on. */
function eachProseLine(text: string, counts: Counts, prose: (start: number, end: number) => void): void {
  let fence = ''
  let margin = -1
  const asks = createQuestionFinder(text)
  for (let start = 0, end = 0; start < text.length; start = end + 1) {
    end = lineEnd(text, start)
    const first = indentEnd(text, start, end)
    if (first === end) continue
    const indent = widthOf(text, start, first)
    if (margin < 0) margin = indent
    const mark = startsAt(FENCE, text, first) ? text.slice(first, first + 3) : ''
    if (mark !== '' && (fence === '' || fence === mark)) {
      if (fence === '') counts.codeBlocks++
      fence = fence === '' ? mark : ''
      continue
    }
    if (isStackFrame(text, first)) counts.stackFrames++
    if (fence !== '') continue
    const listed = startsAt(LIST_ITEM, text, first)
    if (listed) counts.requirements++
    else if (indent >= margin + 4) {
      counts.indentedLines++
      continue
    }
    counts.question ||= asks(first, end)
    prose(first, end)
  }
}

function lineEnd(text: string, start: number): number {
  const end = text.indexOf('\n', start)
  return end < 0 ? text.length : end
}

function indentEnd(text: string, start: number, end: number): number {
  let i = start
  while (i < end && isBlank(text.charCodeAt(i))) i++
  return i
}

function widthOf(text: string, start: number, end: number): number {
  let width = 0
  for (let i = start; i < end; i++) width += text.charCodeAt(i) === 9 ? 4 : 1
  return width
}

function isBlank(unit: number): boolean {
  return unit === 32 || unit === 9 || unit === 13
}

function startsAt(pattern: RegExp, text: string, index: number): boolean {
  pattern.lastIndex = index
  return pattern.test(text)
}

/**
 * Whether a question mark ends a word in [start, end); `a ? b : c` and `url?x=1` are none. Lines are asked in order, so
 * that the text is searched once however many lines there are.
 */
function createQuestionFinder(text: string): (start: number, end: number) => boolean {
  const marks = /\S[?？؟](?=["'”’)\]*_]{0,3}(?:\s|$))|[？]/g
  let next = -2
  return (start, end) => {
    while (next < start && next !== Infinity) {
      marks.lastIndex = Math.max(start, 0)
      next = marks.exec(text)?.index ?? Infinity
    }
    return next < end
  }
}
