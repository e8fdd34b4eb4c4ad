/** How lone surrogates are written: U+FFFD, three bytes, as TextEncoder does. */
const REPLACEMENT = 0xfffd

/**
 * Length of the text in UTF-8 bytes, from code unit `start`, without allocation. A byte-level tokenizer never makes more
 * tokens than bytes, so this bounds the tokens of any text.
 */
export function utf8Bytes(text: string, start = 0): number {
  let bytes = text.length - start
  for (let i = start; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    bytes += unit < 0x800 ? 1 : 2
    if (isPair(text, i, unit)) i++
  }
  return bytes
}

/** Writes the code units [start, end) as UTF-8 to the beginning of `out`, three bytes a unit at most; gives the length. */
export function writeUtf8(text: string, start: number, end: number, out: Uint8Array): number {
  let length = 0
  for (let i = start; i < end; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) {
      out[length++] = unit
    } else if (unit < 0x800) {
      out[length++] = 0xc0 | (unit >> 6)
      out[length++] = 0x80 | (unit & 63)
    } else if (isPair(text, i, unit)) {
      const point = ((unit - 0xd800) << 10) + (text.charCodeAt(++i) - 0xdc00) + 0x10000
      out[length++] = 0xf0 | (point >> 18)
      out[length++] = 0x80 | ((point >> 12) & 63)
      out[length++] = 0x80 | ((point >> 6) & 63)
      out[length++] = 0x80 | (point & 63)
    } else {
      const point = (unit & 0xf800) === 0xd800 ? REPLACEMENT : unit
      out[length++] = 0xe0 | (point >> 12)
      out[length++] = 0x80 | ((point >> 6) & 63)
      out[length++] = 0x80 | (point & 63)
    }
  }
  return length
}

function isPair(text: string, at: number, unit: number): boolean {
  return (unit & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00
}
