/** How many there are, and the first few ids. */
export interface Found {
  readonly count: number
  readonly examples: readonly string[]
}

export const NONE: Found = { count: 0, examples: [] }

/** Ids that a finding shows. */
export const EXAMPLES = 5

/** A finding that is still counted. */
export interface Finding {
  count: number
  readonly examples: string[]
}

export function nothingFound(): Finding {
  return { count: 0, examples: [] }
}

export function addTo(found: Finding, id: string): void {
  if (found.count++ < EXAMPLES) found.examples.push(id)
}
