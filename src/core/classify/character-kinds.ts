/** What a character counts as, for the shape of a text. Letters come first. */
export const LETTER = 0
export const CAPITAL = 1
export const DIGIT = 2
export const OTHER = 3
export const NEW_LINE = 4
export const PERCENT = 5
export const DOLLAR = 6
export const OPERATOR = 7
export const BRACKET = 8
export const BACKSLASH = 9
export const QUESTION = 10
export const COMMA = 11
export const QUOTE = 12
export const EXCLAMATION = 13
export const POINT = 14
export const KINDS = 15

const CHARACTERS: readonly (readonly [characters: string, kind: number])[] = [
  ['abcdefghijklmnopqrstuvwxyz', LETTER],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZ', CAPITAL],
  ['0123456789', DIGIT],
  ['\n', NEW_LINE],
  ['%', PERCENT],
  ['$', DOLLAR],
  ['*+-/<=>^', OPERATOR],
  ['();[]{}', BRACKET],
  ['\\', BACKSLASH],
  ['?', QUESTION],
  [',', COMMA],
  ['"\'', QUOTE],
  ['!', EXCLAMATION],
  ['.', POINT],
]

/** By code below 128. */
const BY_CODE = new Uint8Array(128).fill(OTHER)
for (const [characters, kind] of CHARACTERS)
  for (let i = 0; i < characters.length; i++) BY_CODE[characters.charCodeAt(i)] = kind

/** Of a UTF-16 unit: beyond ASCII all are letters. */
export function kindOf(unit: number): number {
  return unit < 128 ? (BY_CODE[unit] as number) : LETTER
}
