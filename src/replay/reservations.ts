import { reservationOf, type Candidate } from '../core/budget/choose.js'
import type { AdmitRequest, Ledger, Reservation } from '../core/budget/ledger.js'
import { PICO_PER_NANO } from '../core/money.js'
import type { OutcomeSource } from './outcomes.js'
import { isChargeKnown } from './steps.js'

/** Whether the recorded cost of a plan's first candidate would have fitted every pool when the ledger was asked. */
export const FIRST_NOT_ASKED = 0
export const FIRST_FITS = 1
export const FIRST_DOES_NOT_FIT = 2
/** The log does not know what it would have cost. */
export const FIRST_UNKNOWN = 3

/** What replay held for each row of the log, and what it would have needed. */
export interface Reservations {
  /** Of the attempt that was admitted, in nano-dollars; NaN where none was. */
  readonly reservedNanoUsd: Float64Array
  /** One of the four above, as of the last time the ledger was asked for the row. */
  readonly first: Uint8Array
}

/** Looks over replay's shoulder: it reads outcomes before a call is made, so nothing that decides may read what it writes. */
export interface ReservationWatch {
  /** Before the ledger answers: an admission changes what is free. */
  asked(row: number, request: AdmitRequest): void
  admitted(row: number, reservation: Reservation): void
  readonly seen: Reservations
}

export function watchReservations(size: number, ledger: Ledger, outcomes: OutcomeSource): ReservationWatch {
  const reservedNanoUsd = new Float64Array(size).fill(NaN)
  const first = new Uint8Array(size)
  return {
    seen: { reservedNanoUsd, first },
    asked(row, request) {
      first[row] = firstFits(ledger, request, realCost(outcomes, row, request.candidates.first))
    },
    admitted(row, { choice }) {
      reservedNanoUsd[row] = choice.reservedNanoUsd
    },
  }
}

/** Nano-dollars at the full length that was asked for, NaN where the log does not know it. */
function realCost(outcomes: OutcomeSource, row: number, candidate: Candidate): number {
  const { maxOutputTokens } = candidate
  const reservedNanoUsd = reservationOf(candidate, maxOutputTokens)
  const { costNanoUsd, flags } = outcomes.whole(row, { candidate, maxOutputTokens, reservedNanoUsd })
  return isChargeKnown(costNanoUsd, flags) ? costNanoUsd : NaN
}

/** The ledger is asked when such an amount would fit: floors and every kind of window are then its own business. */
function firstFits(ledger: Ledger, request: AdmitRequest, costNanoUsd: number): number {
  if (Number.isNaN(costNanoUsd)) return FIRST_UNKNOWN
  const { first } = request.candidates
  const real = { ...first, inputBoundPico: costNanoUsd * PICO_PER_NANO, outputPricePico: 0 }
  const candidates = { first: real, selected: [real], lower: () => [] }
  return ledger.earliest({ ...request, candidates }) === request.at ? FIRST_FITS : FIRST_DOES_NOT_FIT
}
