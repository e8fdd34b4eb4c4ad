import type { LintWarning } from './lint/lint.js'

export interface ImportCounts {
  /** Rows of all files that speak of a request; read = stored + duplicates + rejected. */
  readonly read: number
  /** Rows that added or changed something. */
  readonly stored: number
  /** Rows of which the store held everything already. */
  readonly duplicates: number
  readonly rejected: Readonly<Record<string, number>>
  /** Rows that are in order and hold no model call, by what they are; not counted as read. */
  readonly skipped: Readonly<Record<string, number>>
}

export interface FileCounts extends ImportCounts {
  readonly file: string
  readonly format: string
  readonly warnings: readonly LintWarning[]
}

/** The counts of several files together. */
export function totalCounts(files: readonly FileCounts[]): ImportCounts {
  return {
    read: files.reduce((all, file) => all + file.read, 0),
    stored: files.reduce((all, file) => all + file.stored, 0),
    duplicates: files.reduce((all, file) => all + file.duplicates, 0),
    rejected: merged(files.map(({ rejected }) => rejected)),
    skipped: merged(files.map(({ skipped }) => skipped)),
  }
}

export function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, n) => all + n, 0)
}

/** One more under this reason. */
export function countReason(counts: Record<string, number>, reason: string): void {
  counts[reason] = (counts[reason] ?? 0) + 1
}

function merged(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const one of all) {
    for (const [reason, n] of Object.entries(one)) counts[reason] = (counts[reason] ?? 0) + n
  }
  return counts
}
