import { ceilToNano, MAX_CALL_NANO_USD, PICO_PER_NANO } from '../money.js'

/** A model as the ledger sees it: what a call of it may cost at most, as a function of the tokens it is granted. */
export interface Candidate {
  /** Index into the policy's models. */
  readonly model: number
  /** Candidates of a group are tried at full length, then clamped, before the next group: 0 = what was asked for. */
  readonly group: number
  readonly expectedNanoUsd: number
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

/** Order of DESIGN section 3: (a) at the requested length, (b) the same clamped, then (c) tier by tier likewise. */
export function chooseCandidate(candidates: readonly Candidate[], headroomNanoUsd: number): Choice | undefined {
  let first = 0
  while (first < candidates.length) {
    const { group } = candidates[first] as Candidate
    let end = first
    while (end < candidates.length && (candidates[end] as Candidate).group === group) end++
    for (let i = first; i < end; i++) {
      const choice = atLength(candidates[i] as Candidate, headroomNanoUsd)
      if (choice !== undefined) return choice
    }
    for (let i = first; i < end; i++) {
      const choice = clamped(candidates[i] as Candidate, headroomNanoUsd)
      if (choice !== undefined) return choice
    }
    first = end
  }
  return undefined
}

/** What a candidate reserves when granted that many output tokens: summed in pico, rounded up once. */
export function reservationOf(candidate: Candidate, outputTokens: number): number {
  return ceilToNano(candidate.inputBoundPico + candidate.outputPricePico * outputTokens)
}

function atLength(candidate: Candidate, headroom: number): Choice | undefined {
  const reservedNanoUsd = reservationOf(candidate, candidate.maxOutputTokens)
  return reservedNanoUsd <= headroom ? { candidate, maxOutputTokens: candidate.maxOutputTokens, reservedNanoUsd } : undefined
}

/** floor((headroomPico - inputBoundPico) / outputPricePico), never below `minOutputTokens`. */
function clamped(candidate: Candidate, headroom: number): Choice | undefined {
  if (candidate.outputPricePico === 0) return undefined
  const headroomPico = Math.min(headroom, MAX_CALL_NANO_USD) * PICO_PER_NANO
  const affordable = Math.floor((headroomPico - candidate.inputBoundPico) / candidate.outputPricePico)
  if (affordable < candidate.minOutputTokens) return undefined
  const maxOutputTokens = Math.min(affordable, candidate.maxOutputTokens)
  return { candidate, maxOutputTokens, reservedNanoUsd: reservationOf(candidate, maxOutputTokens) }
}
