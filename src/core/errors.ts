/** One thing that is wrong with what a person gave us, with its place and, where there is one, a way out. */
export interface Issue {
  /** Where: a JSON path (`models[2].tier`), `file:line`, or an option (`--where`). */
  readonly path: string
  /** What is wrong, and what would be right. */
  readonly message: string
}

/**
 * Wrong input by people (policy file, log file, command line). Carries every issue found, not the first one.
 * The command line prints it without a stack and exits with 2.
 */
export class InputError extends Error {
  override readonly name: string = 'InputError'
  readonly issues: readonly Issue[]

  constructor(summary: string, issues: readonly Issue[] = []) {
    super([summary, ...issues.map((issue) => `  ${issue.path}: ${issue.message}`)].join('\n'))
    this.issues = issues
  }
}

/** The known name closest to a misspelt one, or undefined when none is near (Damerau-Levenshtein distance above a third). */
export function nearMiss(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    const above = rows[i - 1] as number[]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let cost = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (rows[i - 2]?.[j - 2] ?? 0) + 1)
      }
      row.push(cost)
    }
    rows.push(row)
  }
  return rows[a.length]?.[b.length] ?? 0
}
