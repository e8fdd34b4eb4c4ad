/** Rows of a log as people's pipelines break them: values of the wrong kind, fields gone, lines cut. */

export interface MutableLog {
  readonly text: string
  /** How the file wraps its rows; a mutation stays inside one. */
  readonly wrap:
    | { readonly kind: 'csv' }
    | { readonly kind: 'jsonl' }
    | { readonly kind: 'list' }
    /** One document: the rows lie at this path of names and indexes. */
    | { readonly kind: 'document'; readonly path: readonly (string | number)[] }
}

/** A log of so many mutated copies of the rows of another. The same seed gives the same log. */
export function mutatedLog(
  { text, wrap }: MutableLog,
  count: number,
  seed: number,
): { text: string; rows: number } {
  const random = generator(seed)
  const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)]!
  if (wrap.kind === 'csv') {
    const [header = [], ...rows] = csvRows(text)
    const lines = Array.from({ length: count }, () =>
      csvLine(pick(rows).map((cell) => mutateCell(cell, random))),
    )
    return { text: `${csvLine(header)}\n${lines.join('\n')}\n`, rows: count }
  }
  const rows = rowsOf(text, wrap)
  const mutate = (): unknown => mutateValue(pick(rows), random)
  if (wrap.kind === 'jsonl') {
    const lines = Array.from({ length: count }, () => {
      const line = JSON.stringify(mutate())
      return random() < 0.05 ? line.slice(0, 1 + Math.floor(random() * (line.length - 1))) : line
    })
    return { text: [JSON.stringify(rows[0]), ...lines].join('\n'), rows: count + 1 }
  }
  const mutated = Array.from({ length: count }, mutate)
  if (wrap.kind === 'list') return { text: JSON.stringify([rows[0], ...mutated]), rows: count + 1 }
  const document = JSON.parse(text) as Record<string, unknown>
  place(document, wrap.path, mutated)
  return { text: JSON.stringify(document), rows: count }
}

function rowsOf(text: string, wrap: MutableLog['wrap']): unknown[] {
  if (wrap.kind === 'jsonl')
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
  let value = JSON.parse(text) as Record<string | number, unknown>
  if (wrap.kind === 'document')
    for (const name of wrap.path) value = value[name] as Record<string | number, unknown>
  return value as unknown as unknown[]
}

function place(document: Record<string, unknown>, path: readonly (string | number)[], rows: unknown): void {
  let value = document as Record<string | number, unknown>
  for (const name of path.slice(0, -1)) value = value[name] as Record<string | number, unknown>
  value[path.at(-1)!] = rows
}

const ODD: readonly unknown[] = [
  null,
  '',
  -1,
  1.5,
  1e300,
  '12',
  'NaN',
  '∞',
  'x'.repeat(200),
  true,
  [],
  {},
  [null],
  { a: 1 },
  '{"a"',
  '[1',
  '\u0000',
  '<script>',
  2 ** 53,
]
const ODD_CELLS = [
  '',
  ' ',
  '-1',
  '1.5',
  '1e300',
  'NaN',
  'inf',
  'null',
  '{"a"',
  '[1',
  '"',
  ',',
  '\n',
  '\u0000',
  'x'.repeat(200),
  '9'.repeat(30),
]

/** Nothing, one or a few places changed; a whole row of another kind now and then. Half of the rows stay as they are. */
function mutateValue(row: unknown, random: () => number): unknown {
  const copy = JSON.parse(JSON.stringify(row)) as unknown
  if (random() < 0.5) return copy
  for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes--) mutateInside(copy, random)
  return copy
}

function mutateInside(value: unknown, random: () => number): void {
  if (typeof value !== 'object' || value === null) return
  const object = value as Record<string, unknown>
  const names = Object.keys(object)
  const name = names[Math.floor(random() * names.length)]
  if (name === undefined) return
  const inner = object[name]
  if (typeof inner === 'object' && inner !== null && random() < 0.7) return mutateInside(inner, random)
  if (random() < 0.3 && !Array.isArray(value)) delete object[name]
  else object[name] = structuredClone(ODD[Math.floor(random() * ODD.length)])
}

function mutateCell(cell: string, random: () => number): string {
  return random() < 0.03 ? ODD_CELLS[Math.floor(random() * ODD_CELLS.length)]! : cell
}

/** Enough of CSV for the fixtures: quoted cells with doubled quotes. */
export function csvRows(text: string): string[][] {
  const rows: string[][] = [[]]
  for (const [, quoted, plain, end] of text.trimEnd().matchAll(/(?:"((?:[^"]|"")*)"|([^,\n"]*))(,|\n|$)/g)) {
    rows.at(-1)!.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'))
    if (end === '\n') rows.push([])
    if (end === '') break
  }
  return rows
}

export function csvLine(cells: readonly string[]): string {
  return cells.map((cell) => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')
}

/** mulberry32: small, seeded, good enough to pick places. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
