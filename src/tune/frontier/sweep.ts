/** What a knob is swept over: settings, each with the model that it chooses for every request. */

/** One position of a selector's knob. */
export interface Setting {
  readonly label: string
  /** In quality per US dollar, of the `utility` selector; null for cuts of a difficulty. */
  readonly costWeight: number | null
  /** Index of the compared models by row of the matrix. Rows that were learned from have out-of-fold predictions. */
  readonly choice: Int16Array
  /** Of a cascade: what the rungs below the one that answered cost, in nano-dollars by row. */
  readonly spentBelow?: Float64Array
}

export interface Sweep {
  readonly settings: readonly Setting[]
  /** By row, higher = rather to the dearer of two models; null where no one number decides. */
  readonly score: Float64Array | null
}

/** What a classifier predicts of each compared model, by row. */
export interface Predictions {
  /** Quality in [0, 1]; out of fold where the row was learned from. */
  readonly quality: readonly Float64Array[]
  readonly costNanoUsd: readonly Float64Array[]
}
