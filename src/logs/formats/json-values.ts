/**
 * Cuts the text of a JSON file into the values that it holds: the elements of a list, or whole values one after the
 * other, on however many lines. Nothing is parsed here, only brackets and quotes are followed, so a file of any size
 * passes through in the memory of its largest value, and each value can be refused on its own (a parser of whole
 * documents would stop at the first fault).
 */
export class JsonValues {
  /** The open value's text from the chunks before this one. */
  #parts: string[] = []
  #held = 0
  /** The chunk at hand, and where in it the open value begins; -1 when none is open. */
  #chunk = ''
  #start = -1
  #depth = 0
  #line = 1
  #bracketed = false
  #inText = false
  #escaped = false
  /** Inside the list that the file is, whose elements are the values. */
  #inList = false

  /** Characters of the value that is open. */
  get held(): number {
    return this.#held
  }

  /** The values that this further text completes. */
  *add(text: string): Generator<JsonValue> {
    this.#chunk = text
    if (this.#start >= 0) this.#start = 0
    for (let at = 0; at < text.length; at++) {
      if (this.#inText) {
        at = this.#endOfText(text, at)
        continue
      }
      const code = text.charCodeAt(at)
      if (code === NEW_LINE) this.#line++
      if (this.#start < 0) this.#begin(code, at)
      else if (this.#ends(code)) yield this.#take(this.#bracketed ? at + 1 : at)
    }
    if (this.#start < 0) return
    this.#parts.push(text.slice(this.#start))
    this.#held += text.length - this.#start
    this.#chunk = ''
    this.#start = 0
  }

  /** What is left when the file ends: a value that was never closed. */
  end(): JsonValue | undefined {
    const { text, line } = this.#take(this.#chunk.length)
    return text === '' ? undefined : { text, line }
  }

  /** Where the quoted text at hand ends, or the chunk. Most of a log is text, so it is searched and not stepped through. */
  #endOfText(text: string, from: number): number {
    if (this.#escaped) {
      this.#escaped = false
      return from
    }
    SPECIAL.lastIndex = from
    const found = SPECIAL.exec(text)
    if (found === null) return text.length
    if (text.charCodeAt(found.index) === QUOTE) this.#inText = false
    else this.#escaped = true
    return found.index
  }

  #begin(code: number, at: number): void {
    if (isBlank(code) || code === COMMA) return
    if (code === CLOSE_LIST || code === CLOSE_OBJECT) this.#inList = false
    else if (code === OPEN_LIST && !this.#inList) this.#inList = true
    else {
      this.#start = at
      this.#inText = code === QUOTE
      this.#bracketed = code === OPEN_OBJECT || code === OPEN_LIST
      this.#depth = this.#bracketed ? 1 : 0
    }
  }

  /** True when the open value ends here. */
  #ends(code: number): boolean {
    if (code === QUOTE) this.#inText = true
    else if (code === OPEN_OBJECT || code === OPEN_LIST) this.#depth++
    else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
      // Only what has no bracket of its own meets the list's end.
      if (this.#depth === 0) this.#inList = false
      return this.#depth === 0 || --this.#depth === 0
    }
    return code === COMMA && this.#depth === 0
  }

  #take(to: number): JsonValue {
    const last = this.#start < 0 ? '' : this.#chunk.slice(this.#start, to)
    const text = [...this.#parts, last].join('').trim()
    this.#parts = []
    this.#held = 0
    this.#start = -1
    this.#depth = 0
    return { text, line: this.#line }
  }
}

export interface JsonValue {
  readonly text: string
  /** The line of the file on which it ends, from 1. */
  readonly line: number
}

/** What ends a quoted text, or takes the next character's meaning. */
const SPECIAL = /["\\]/g

const NEW_LINE = 10
const QUOTE = 34
const COMMA = 44
const OPEN_LIST = 91
const CLOSE_LIST = 93
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125

function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13
}
