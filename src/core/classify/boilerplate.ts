/** FNV-1a, 32 bits. */
function hashLine(text: string, from: number, to: number): number {
  let hash = 0x811c9dc5 | 0
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash
}

/** Calls `line` with each line that is not blank, without the white space around it. */
export function eachLine(text: string, line: (from: number, to: number, hash: number) => void): void {
  for (let start = 0; start <= text.length;) {
    const end = text.indexOf('\n', start)
    let [from, to] = [start, end < 0 ? text.length : end]
    start = to + 1
    while (from < to && text.charCodeAt(from) <= 32) from++
    while (to > from && text.charCodeAt(to - 1) <= 32) to--
    if (from < to) line(from, to, hashLine(text, from, to))
  }
}

/** Shorter than this a text without its boilerplate says nothing: it is read whole. */
const LEAST_LEFT = 10

/**
 * The text without the lines that many requests share (instructions, examples, formats): what is left is what this request
 * asks. Texts are compared by the hash of a line.
 */
export function withoutBoilerplate(text: string, common: ReadonlySet<number>): string {
  if (common.size === 0) return text
  const kept: string[] = []
  let dropped = false
  eachLine(text, (from, to, hash) => {
    if (common.has(hash)) dropped = true
    else kept.push(text.slice(from, to))
  })
  if (!dropped) return text
  const left = kept.join('\n')
  return left.length < LEAST_LEFT ? text : left
}
