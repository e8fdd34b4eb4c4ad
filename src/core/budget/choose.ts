import { ceilToNano, MAX_CALL_NANO_USD, PICO_PER_NANO } from '../money.js'

/** A model as the ledger sees it: what a call of it may cost at most, as a function of the tokens it is granted. */
export interface Candidate {
  /** Index into the policy's models. */
  readonly model: number
  /** Infinity where nothing says what a call costs: such a model comes last. */
  readonly expectedNanoUsd: number
  /** How much of that is there because the model's prompt cache holds less than the session shares. Absent outside of sessions. */
  readonly switchPenaltyNanoUsd?: number
  readonly inputBoundPico: number
  /** 0 where the reservation does not depend on the grant (`estimateWithMargin`). */
  readonly outputPricePico: number
  readonly minOutputTokens: number
  readonly maxOutputTokens: number
}

/** The first candidate that fits. */
export interface Choice {
  readonly candidate: Candidate
  readonly maxOutputTokens: number
  readonly reservedNanoUsd: number
}

/** What to try, in order: a group after the other, each at its full length and then clamped (DESIGN section 3). */
export interface Candidates {
  /** What would be asked if no pool said otherwise. */
  readonly first: Candidate
  readonly selected: readonly Candidate[]
  /** Groups below the selected one. Asked for only where none of it fits: most requests never need them. */
  lower(): readonly (readonly Candidate[])[]
}

/** Stands for a candidate where there is none. */
export const NO_CANDIDATE: Candidate = {
  model: -1,
  expectedNanoUsd: Infinity,
  inputBoundPico: 0,
  outputPricePico: 0,
  minOutputTokens: 0,
  maxOutputTokens: 0,
}

/** The first candidate that fits, in the order (a) selected at the requested length, (b) clamped, then (c) tier by tier likewise. */
export function chooseCandidate(candidates: Candidates, headroomNanoUsd: number): Choice | undefined {
  const choice = chooseFromGroup(candidates.selected, headroomNanoUsd)
  if (choice !== undefined) return choice
  for (const group of candidates.lower()) {
    const lower = chooseFromGroup(group, headroomNanoUsd)
    if (lower !== undefined) return lower
  }
  return undefined
}

function chooseFromGroup(group: readonly Candidate[], headroomNanoUsd: number): Choice | undefined {
  for (const candidate of group) {
    const reservedNanoUsd = reservationOf(candidate, candidate.maxOutputTokens)
    if (reservedNanoUsd <= headroomNanoUsd) {
      return { candidate, maxOutputTokens: candidate.maxOutputTokens, reservedNanoUsd }
    }
  }
  for (const candidate of group) {
    const maxOutputTokens = affordableTokens(candidate, headroomNanoUsd)
    if (maxOutputTokens >= candidate.minOutputTokens) {
      return { candidate, maxOutputTokens, reservedNanoUsd: reservationOf(candidate, maxOutputTokens) }
    }
  }
  return undefined
}

/** What a candidate reserves when granted that many output tokens: summed in pico, rounded up once. */
export function reservationOf(candidate: Candidate, outputTokens: number): number {
  return ceilToNano(candidate.inputBoundPico + candidate.outputPricePico * outputTokens)
}

/** floor((headroomPico - inputBoundPico) / outputPricePico), at most what was asked for; -1 where clamping helps nothing. */
function affordableTokens(candidate: Candidate, headroom: number): number {
  if (candidate.outputPricePico === 0) return -1
  const headroomPico = Math.min(headroom, MAX_CALL_NANO_USD) * PICO_PER_NANO
  const affordable = Math.floor((headroomPico - candidate.inputBoundPico) / candidate.outputPricePico)
  return Math.min(affordable, candidate.maxOutputTokens)
}
