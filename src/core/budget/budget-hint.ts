/**
 * The only thing that a selector knows of money: how much is used of the request's pool of one budget, as the ledger had it
 * when the request arrived or woke. It is data of the run, stands in the decision log, and a replay as recorded reads it there.
 */
export interface BudgetHint {
  /** Spent and held in the window that is on. */
  readonly usedNanoUsd: number
  /** The pool's cap, with what was carried into the window. */
  readonly capNanoUsd: number
  /** Share of the window that has passed, in [0, 1); null where windows have no end. */
  readonly elapsed: number | null
}
