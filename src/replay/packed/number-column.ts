import { readFloats, readIntegers, type ByteWriter } from './bytes.js'

/** How a column of numbers lies in the bytes. Every kind gives back the same numbers to the last bit; -0 stays -0, NaN is NaN. */
export type NumberColumn =
  /** The same everywhere; null is NaN. */
  | { readonly kind: 'same'; readonly value: number | null }
  /** A code of `width` bytes for each of the numbers at `values`. */
  | {
      readonly kind: 'few'
      readonly at: number
      readonly width: 1 | 2
      readonly values: number
      readonly count: number
    }
  /** Whole numbers less `low`, plus 1; 0 is NaN. */
  | { readonly kind: 'whole'; readonly at: number; readonly width: number; readonly low: number }
  /** Whole numbers that never fall, as the difference to the one before; the first is `first`. */
  | { readonly kind: 'rising'; readonly at: number; readonly width: number; readonly first: number }
  | { readonly kind: 'any'; readonly at: number }

export type Numbers = Float64Array | Int32Array | Uint8Array

/** More different numbers than this are not worth a list. */
const MOST_CODES = 65_536

/** Packs a column in whichever kind takes the fewest bytes. */
export function packNumbers(writer: ByteWriter, column: Numbers): NumberColumn {
  const values = Float64Array.from(column)
  const codes = codesOf(values)
  if (codes !== undefined && codes.values.length <= 1) {
    const [value = NaN] = codes.values
    return { kind: 'same', value: Number.isNaN(value) ? null : value }
  }
  const rising = risingSteps(values)
  const whole = wholeRange(values)
  const listed = codes === undefined ? Infinity : codesSize(codes, values.length)
  const wholeSize = whole === undefined ? Infinity : whole.width * values.length
  if (rising !== undefined && rising.width * values.length < Math.min(listed, wholeSize)) {
    const { first, width, steps } = rising
    return { kind: 'rising', first, width, at: writer.integers(steps, width) }
  }
  if (codes !== undefined && listed < Math.min(wholeSize, 8 * values.length)) return packCodes(writer, codes)
  if (whole === undefined) return { kind: 'any', at: writer.floats(values) }
  const shifted = values.map((value) => (Number.isNaN(value) ? 0 : value - whole.low + 1))
  return { kind: 'whole', low: whole.low, width: whole.width, at: writer.integers(shifted, whole.width) }
}

export function unpackNumbers(bytes: Uint8Array, column: NumberColumn, size: number): Float64Array {
  switch (column.kind) {
    case 'same':
      return new Float64Array(size).fill(column.value ?? NaN)
    case 'few': {
      const values = readFloats(bytes, column.values, column.count)
      return readIntegers(bytes, column.at, size, column.width).map((code) => values[code] as number)
    }
    case 'whole':
      return readIntegers(bytes, column.at, size, column.width).map((value) =>
        value === 0 ? NaN : value - 1 + column.low,
      )
    case 'rising': {
      const values = readIntegers(bytes, column.at, size, column.width)
      let sum = column.first
      for (let row = 0; row < size; row++) values[row] = sum += values[row] as number
      return values
    }
    case 'any':
      return readFloats(bytes, column.at, size)
  }
}

interface Codes {
  readonly values: Float64Array
  readonly codes: Float64Array
}

/** Undefined where there are too many different numbers, or a -0, which a map takes for 0. */
function codesOf(values: Float64Array): Codes | undefined {
  const known = new Map<number, number>()
  const codes = new Float64Array(values.length)
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number
    if (Object.is(value, -0)) return undefined
    let code = known.get(value)
    if (code === undefined) {
      if (known.size === MOST_CODES) return undefined
      known.set(value, (code = known.size))
    }
    codes[row] = code
  }
  return { values: Float64Array.from(known.keys()), codes }
}

function codeWidth({ values }: Codes): 1 | 2 {
  return values.length <= 256 ? 1 : 2
}

function codesSize(codes: Codes, size: number): number {
  return codes.values.length * 8 + codeWidth(codes) * size
}

function packCodes(writer: ByteWriter, codes: Codes): NumberColumn {
  const width = codeWidth(codes)
  return {
    kind: 'few',
    width,
    count: codes.values.length,
    values: writer.floats(codes.values),
    at: writer.integers(codes.codes, width),
  }
}

/** Undefined where a number is neither whole nor NaN, or the range is too wide to be exact. */
function wholeRange(values: Float64Array): { readonly low: number; readonly width: number } | undefined {
  let low = Infinity
  let high = -Infinity
  for (const value of values) {
    if (Number.isNaN(value)) continue
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) return undefined
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return Number.isSafeInteger(high - low + 1) ? { low, width: bytesFor(high - low + 1) } : undefined
}

function risingSteps(
  values: Float64Array,
): { readonly first: number; readonly width: number; readonly steps: Float64Array } | undefined {
  const [first = NaN] = values
  const steps = new Float64Array(values.length)
  let most = 0
  let before = first
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number
    if (!Number.isSafeInteger(value) || Object.is(value, -0) || value < before) return undefined
    steps[row] = value - before
    most = Math.max(most, value - before)
    before = value
  }
  return Number.isSafeInteger(most) ? { first, width: bytesFor(most), steps } : undefined
}

function bytesFor(most: number): number {
  let width = 1
  for (let rest = Math.floor(most / 256); rest > 0; rest = Math.floor(rest / 256)) width++
  return width
}
