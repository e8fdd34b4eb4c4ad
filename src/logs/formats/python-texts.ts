/**
 * The texts of a list as Python prints it (`['one', "two's"]`), with their escapes undone. What is no such list is one
 * text as it stands. https://docs.python.org/3/reference/lexical_analysis.html#escape-sequences
 */
export function pythonTexts(written: string): string[] {
  if (written === '') return []
  const list = /^\s*\[([\s\S]*)\]\s*$/.exec(written)?.[1]
  if (list === undefined || !LIST.test(list)) return [written]
  return [...list.matchAll(TEXT)].map(([, single, double]) => unescaped(single ?? double ?? ''))
}

const TEXT = /'((?:[^'\\]|\\[\s\S])*)'|"((?:[^"\\]|\\[\s\S])*)"/g
const LIST = new RegExp(`^\\s*(?:${TEXT.source})(?:\\s*,\\s*(?:${TEXT.source}))*,?\\s*$`)

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\n': '' }

function unescaped(text: string): string {
  return text.replace(
    /\\(x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|[\s\S])/gi,
    (whole: string, escape: string): string => {
      if (escape.length === 1) return ESCAPES[escape] ?? (/[\\'"]/.test(escape) ? escape : whole)
      const code = parseInt(escape.slice(1), 16)
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole
    },
  )
}
