import type { TextColumn } from '../core/log-table.js'

export interface TextColumnBuilder {
  readonly column: TextColumn
  put(row: number, text: string | null): void
}

/** Interns texts as they come: a code a row, each distinct text once. */
export function textColumn(size: number): TextColumnBuilder {
  const values: string[] = []
  const codes = new Int32Array(size).fill(-1)
  const codeOf = new Map<string, number>()
  return {
    column: { values, codes },
    put(row, text) {
      if (text === null) return
      let code = codeOf.get(text)
      if (code === undefined) {
        code = values.push(text) - 1
        codeOf.set(text, code)
      }
      codes[row] = code
    },
  }
}

/** A column of integers of which nothing is known yet. */
export function unknownIntegers(size: number): Int32Array {
  return new Int32Array(size).fill(-1)
}
