import { onlyCandidate } from '../builders/only-candidate.js'
import type { Candidate } from '../../src/core/budget/choose.js'
import type { PoolClaim } from '../../src/core/budget/claims.js'
import type { AdmitRequest } from '../../src/core/budget/ledger.js'
import type { PoolRow } from '../../src/core/budget/pool-record.js'
import type { Pools } from '../../src/core/budget/pools.js'
import type { ReservationBook } from '../../src/core/budget/reservation-book.js'

/** A candidate that reserves exactly this amount, whatever it is granted. */
export function candidateOf(amountNanoUsd: number): Candidate {
  return {
    model: 0,
    expectedNanoUsd: amountNanoUsd,
    inputBoundPico: amountNanoUsd * 1000,
    outputPricePico: 0,
    minOutputTokens: 1,
    maxOutputTokens: 1,
  }
}

/** Asks for one amount in some pools. */
export function anAmount(
  book: ReservationBook,
  claims: readonly PoolClaim[],
  amountNanoUsd: number,
  at: number,
  priority = 1,
): AdmitRequest {
  return {
    candidates: onlyCandidate(candidateOf(amountNanoUsd)),
    pools: book.ledger.open(claims),
    priority,
    requestHeadroom: Infinity,
    at,
    ttlMs: 60_000,
  }
}

export function rowsOf(pools: Pools): PoolRow[] {
  return Array.from({ length: pools.size }, (_, row) => pools.row(row))
}
