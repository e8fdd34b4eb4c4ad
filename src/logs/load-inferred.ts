import { NO_OUTCOME, type OutcomeColumns } from '../core/log-table.js'
import { UNSAID } from './load-outcomes.js'
import type { RequestColumns } from './load-requests.js'

/** What follows from several columns together, filled in once all are loaded. */

const LOGGED = 0
const MATRIX = 1

/** A request that names no model but has exactly one outcome of a real call was sent to that model. */
export function inferChosen(chosen: Int32Array, outcomes: readonly OutcomeColumns[]): void {
  const SEVERAL = -2
  const only = new Int32Array(chosen.length).fill(-1)
  outcomes.forEach(({ basis }, model) => {
    for (let row = 0; row < basis.length; row++) {
      if (basis[row] === UNSAID || basis[row] === LOGGED) only[row] = only[row] === -1 ? model : SEVERAL
      else if (basis[row] !== NO_OUTCOME) only[row] = SEVERAL
    }
  })
  for (let row = 0; row < chosen.length; row++) {
    if (chosen[row] === -1 && (only[row] ?? -1) >= 0) chosen[row] = only[row] ?? -1
  }
}

export function settleBases(chosen: Int32Array, outcomes: readonly OutcomeColumns[]): void {
  outcomes.forEach(({ basis }, model) => {
    for (let row = 0; row < basis.length; row++) {
      if (basis[row] === UNSAID) basis[row] = chosen[row] === model ? LOGGED : MATRIX
    }
  })
}

/** Where the text is missing (`inputBasis: "usage"`): the tokens of the call made, bounded by the most of any model. */
export function tokensFromUsage(requests: RequestColumns, outcomes: readonly OutcomeColumns[]): void {
  const { inputTokensEstimate, inputTokensBound, chosen } = requests
  for (let row = 0; row < inputTokensEstimate.length; row++) {
    if (inputTokensEstimate[row] !== -1) continue
    let most = -1
    for (const { inputTokens } of outcomes) most = Math.max(most, inputTokens[row] ?? -1)
    if (most < 0) continue
    const called = outcomes[chosen[row] ?? -1]?.inputTokens[row] ?? -1
    inputTokensEstimate[row] = called >= 0 ? called : most
    if (inputTokensBound[row] === -1) inputTokensBound[row] = most
  }
}
