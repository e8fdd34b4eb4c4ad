/**
 * Unicode classes as the o200k_base pattern names them, one byte a code point. The answers come from the engine's own
 * `\p{…}`, so they are those of js-tiktoken on the same engine; each code point is asked once.
 */

/** `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`: may start a word. */
export const UPPER = 1
/** `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`: may go on with a word. */
export const LOWER = 2
/** `\p{N}` */
export const DIGIT = 4
/** `\s` */
export const SPACE = 8
/** `[^\r\n\p{L}\p{N}]`: one of these may lead a word. */
export const LEAD = 16
/** `[^\s\p{L}\p{N}]`: symbols, marks, unassigned, lone surrogates. */
export const SYMBOL = 32
const KNOWN = 128

const classes = new Uint8Array(0x110000)

export function classOf(codePoint: number): number {
  const known = classes[codePoint] as number
  return known === 0 ? learn(codePoint) : known
}

function learn(codePoint: number): number {
  const char = String.fromCodePoint(codePoint)
  let found = KNOWN
  if (/[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]/u.test(char)) found |= UPPER
  if (/[\p{Ll}\p{Lm}\p{Lo}\p{M}]/u.test(char)) found |= LOWER
  if (/\p{N}/u.test(char)) found |= DIGIT
  if (/\s/u.test(char)) found |= SPACE
  if (/[^\r\n\p{L}\p{N}]/u.test(char)) found |= LEAD
  if (/[^\s\p{L}\p{N}]/u.test(char)) found |= SYMBOL
  classes[codePoint] = found
  return found
}
