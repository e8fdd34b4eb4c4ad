import type { Candidate, Candidates } from '../../src/core/budget/choose.js'

/** Nothing but this one to choose from. */
export function onlyCandidate(candidate: Candidate): Candidates {
  return { first: candidate, selected: [candidate], lower: () => [] }
}
