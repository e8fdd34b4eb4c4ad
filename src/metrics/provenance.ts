/** What a comparison knows of its log beyond the columns: gathered by whoever made it, and stored with it. */
export interface Provenance {
  /** The words of the command line that made it; they make it again. */
  readonly command: readonly string[]
  /** Files that the log was imported from, as they were named then. */
  readonly files: readonly string[]
  /** What makes figures of this log weaker than they look; in order of weight. */
  readonly lint: readonly LintNote[]
  /** The price book by which costs of the log were computed; null where none was. */
  readonly priceBook: PriceBookNote | null
}

export interface LintNote {
  readonly code: string
  readonly message: string
  /** How much of the log is concerned. */
  readonly count: number
  /** What it does to results. */
  readonly effect: string
  readonly wayOut: string
}

export interface PriceBookNote {
  readonly book: string
  /** The day as of which everything is priced; null: each call at its own time. */
  readonly date: string | null
  /** Outcomes with a computed cost, and those of them that had no recorded one. */
  readonly computed: number
  readonly filled: number
}
