import type { TextUnits } from './text-units.js'

const NEW_LINE = 10

/** Calls `line` with each line that is not blank, without the white space around it, and with its hash (FNV-1a, 32 bits). */
export function eachLine(units: Uint16Array, line: (from: number, to: number, hash: number) => void): void {
  for (let at = 0; at < units.length; at++) {
    while (at < units.length && isBlank(units[at] as number)) at++
    const from = at
    let [to, hash, hashTo] = [from, 0x811c9dc5 | 0, 0]
    for (; at < units.length && units[at] !== NEW_LINE; at++) {
      const unit = units[at] as number
      hash = Math.imul(hash ^ unit, 0x01000193)
      if (unit > 32) [to, hashTo] = [at + 1, hash]
    }
    if (from < to) line(from, to, hashTo)
  }
}

function isBlank(unit: number): boolean {
  return unit <= 32 && unit !== NEW_LINE
}

/** Shorter than this a text without its boilerplate says nothing: it is read whole. */
const LEAST_LEFT = 10

/**
 * The text without the lines that many requests share (instructions, examples, formats): what is left is what this request
 * asks. Texts are compared by the hash of a line. The text itself where nothing is left out, else units in `room`.
 */
export function withoutBoilerplate(
  units: Uint16Array,
  common: ReadonlySet<number>,
  room: TextUnits,
): Uint16Array {
  if (common.size === 0) return units
  const kept = room.ofLength(units.length + 1)
  let [size, dropped] = [0, false]
  eachLine(units, (from, to, hash) => {
    if (common.has(hash)) dropped = true
    else {
      for (let i = from; i < to; i++) kept[size++] = units[i] as number
      kept[size++] = NEW_LINE
    }
  })
  const length = Math.max(0, size - 1)
  return dropped && length >= LEAST_LEFT ? kept.subarray(0, length) : units
}
