/** Names as people write columns: `cost_usd`, `costUsd` and `Cost USD` are one column. */
export function columnKey(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, '')
}

/** The cells of a CSV header, for telling formats apart before the parser runs. Quotes around names are dropped. */
export function headerCells(line: string | undefined): string[] {
  return (line ?? '')
    .replace(/^\uFEFF/, '')
    .split(',')
    .map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'))
}
