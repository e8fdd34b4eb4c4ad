import { classOf, DIGIT, LOWER, UPPER } from '../tokens/char-class.js'
import { stringOf } from './text-units.js'

/**
 * Calls `word` with the bounds of each word of units[start, end) and the hash of its lower-case form. A word is a run of
 * letters, digits and `_` (then `+` or `#`, for C++ and C#); an ideograph or kana is a word of its own, as those
 * scripts set no spaces.
 */
export function scanWords(
  units: Uint16Array,
  start: number,
  end: number,
  word: (start: number, end: number, hash: number) => void,
): void {
  for (let at = start; at < end;) {
    const first = units[at] as number
    if (!isWordUnit(first)) {
      at++
      continue
    }
    const wordStart = at++
    if (!isIdeograph(first)) while (at < end && continuesWord(units[at] as number)) at++
    word(wordStart, at, hashOf(units, wordStart, at))
  }
}

/** FNV-1a, kept to 30 bits so that it stays a small integer. */
function hashOf(units: Uint16Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0
  for (let i = start; i < end; i++) {
    const unit = units[i] as number
    if (unit > 127) return hashOfOther(units.subarray(start, end))
    hash = Math.imul(hash ^ (unit >= 65 && unit <= 90 ? unit | 32 : unit), 0x01000193)
  }
  return hash & 0x3fffffff
}

function hashOfOther(units: Uint16Array): number {
  const lower = stringOf(units).toLowerCase()
  let hash = 0x811c9dc5 | 0
  for (let i = 0; i < lower.length; i++) hash = Math.imul(hash ^ lower.charCodeAt(i), 0x01000193)
  return hash & 0x3fffffff
}

function isWordUnit(unit: number): boolean {
  if (unit >= 128) return (classOf(unit) & (UPPER | LOWER | DIGIT)) !== 0
  const letter = unit | 32
  return (letter >= 97 && letter <= 122) || (unit >= 48 && unit <= 57) || unit === 95
}

function continuesWord(unit: number): boolean {
  return unit === 43 || unit === 35 || (isWordUnit(unit) && !isIdeograph(unit))
}

/** Kana and CJK ideographs of the basic plane. */
function isIdeograph(unit: number): boolean {
  return (
    (unit >= 0x3040 && unit <= 0x30ff) ||
    (unit >= 0x3400 && unit <= 0x9fff) ||
    (unit >= 0xf900 && unit <= 0xfaff)
  )
}
